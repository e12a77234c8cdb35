<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use UnexpectedValueException;

/**
 * The format "php" of session.serialize_handler: each value as serialize() makes it, behind its name and a bar. Values
 * refer to earlier ones by number ("r:3;"), which counts from the first value on; in an array of all values the array
 * itself is number 1, so the numbers differ by one.
 *
 * @internal
 */
final class PhpFormat
{
    private const MAX_DEPTH = 4096; // unserialize_max_depth

    /** @var list<array{int, int, string}> references to write anew: where, how long, with what */
    private array $edits = [];

    private function __construct(private readonly string $text, private readonly int $shift)
    {
    }

    /** @return array<array-key, mixed>|null null: it is damaged */
    public static function decode(string $data): ?array
    {
        $scan = new self($data, 1);
        $count = 0;
        $array = '';
        $length = strlen($data);
        try {
            for ($at = 0; $at < $length; $at = $end, $count++) {
                $bar = strpos($data, '|', $at);
                if ($bar === false) {
                    return null;
                }
                $end = $scan->skip($bar + 1, 0);
                $array .= 's:' . ($bar - $at) . ':"' . substr($data, $at, $bar - $at) . '";'
                    . $scan->take($bar + 1, $end);
            }
        } catch (UnexpectedValueException) {
            return null;
        }
        $values = @unserialize("a:$count:{" . $array . '}');

        return is_array($values) ? $values : null;
    }

    /**
     * @param array<string, mixed> $values
     * @param string $simple the same values, each serialised for itself
     */
    public static function withReferences(array $values, string $simple): string
    {
        if (preg_match('/[OCE]:\d/', $simple) !== 1) {
            return $simple;
        }
        $whole = serialize($values);
        if (preg_match('/[rR]:\d+;/', $whole) !== 1) {
            return $simple;
        }
        $scan = new self($whole, -1);
        $data = '';
        $at = strpos($whole, '{') + 1;
        foreach ($values as $name => $_) {
            $begin = $scan->skip($at, 0);
            $at = $scan->skip($begin, 0);
            $data .= "$name|" . $scan->take($begin, $at);
        }

        return $data;
    }

    /** Where the value ends that begins here. */
    private function skip(int $at, int $depth): int
    {
        if ($depth > self::MAX_DEPTH) {
            throw new UnexpectedValueException('Too deep');
        }

        return match ($this->text[$at] ?? '') {
            'N' => $at + 2,
            'b', 'i', 'd' => $this->find(';', $at) + 1,
            's', 'E' => $this->skipString($at + 2) + 1,
            'a' => $this->skipItems($at + 2, $depth),
            'O' => $this->skipItems($this->skipString($at + 2) + 1, $depth),
            'C' => $this->skipCustom($this->skipString($at + 2) + 1),
            'r', 'R' => $this->skipReference($at),
            default => throw new UnexpectedValueException('Unknown type'),
        };
    }

    /** @param int $at where the length stands; the end is behind the closing quote */
    private function skipString(int $at): int
    {
        $colon = $this->find(':', $at);

        return $this->within($colon + 2 + $this->number($at, $colon) + 1);
    }

    /** @param int $at where the number of items stands */
    private function skipItems(int $at, int $depth): int
    {
        $brace = $this->find('{', $at);
        $items = 2 * $this->number($at, $brace - 1);
        $at = $brace + 1;
        for (; $items > 0; $items--) {
            $at = $this->skip($at, $depth + 1);
        }

        return $this->within($at + 1);
    }

    /** @param int $at where the length of what the class itself has written stands */
    private function skipCustom(int $at): int
    {
        $colon = $this->find(':', $at);

        return $this->within($colon + 2 + $this->number($at, $colon) + 1);
    }

    private function skipReference(int $at): int
    {
        $end = $this->find(';', $at);
        $this->edits[] = [$at + 2, $end - $at - 2, (string) ($this->number($at + 2, $end) + $this->shift)];

        return $end + 1;
    }

    private function find(string $character, int $from): int
    {
        $at = $from > strlen($this->text) ? false : strpos($this->text, $character, $from);

        return $at === false ? throw new UnexpectedValueException('Cut short') : $at;
    }

    private function number(int $from, int $to): int
    {
        $digits = substr($this->text, $from, max(0, $to - $from));

        return ctype_digit($digits) && strlen($digits) < 12
            ? (int) $digits
            : throw new UnexpectedValueException('No number');
    }

    private function within(int $at): int
    {
        return $at <= strlen($this->text) ? $at : throw new UnexpectedValueException('Cut short');
    }

    /** The text from here to there, with its references written anew. */
    private function take(int $from, int $to): string
    {
        $text = '';
        foreach ($this->edits as [$at, $length, $number]) {
            $text .= substr($this->text, $from, $at - $from) . $number;
            $from = $at + $length;
        }
        $this->edits = [];

        return $text . substr($this->text, $from, $to - $from);
    }
}
