<?php

declare(strict_types=1);

namespace Workerman\Crontab;

use InvalidArgumentException;

/**
 * Rules of cron: five fields (minute, hour, day, month, day of the week), or six with seconds first. A field is a
 * star, a number, a range, either with a step behind a slash, or a list of these. All fields must fit.
 * Source: Workerman\Crontab\Parser 1.0.7.
 */
class Parser
{
    private const FIELD = '(?:\*(?:\/[0-9]+)?|[0-9\-,\/]+)';

    private const LIMITS = [
        'second' => [0, 59], 'i' => [0, 59], 'G' => [0, 23], 'j' => [1, 31], 'n' => [1, 12], 'w' => [0, 6],
    ];

    /**
     * The seconds of the minute at $start_time for which the rule is due.
     *
     * @param string $crontab_string
     * @param int|null $start_time a full minute; null: now
     * @return list<int> Unix times
     * @throws InvalidArgumentException
     */
    public function parse($crontab_string, $start_time = null)
    {
        if (!$this->isValid($crontab_string)) {
            throw new InvalidArgumentException('Invalid cron string: ' . $crontab_string);
        }
        $start_time = $start_time ?: \time();
        $fields = \preg_split('/\s+/', \trim($crontab_string));
        if (\count($fields) === 5) {
            \array_unshift($fields, '0');
        }
        $fields = \array_combine(\array_keys(self::LIMITS), $fields);
        foreach ($fields as $unit => $field) {
            [$min, $max] = self::LIMITS[$unit];
            $values = $this->parseSegment($field, $min, $max);
            if ($unit === 'second') {
                $seconds = $values;
            } elseif (!\in_array((int) \date($unit, $start_time), $values, true)) {
                return [];
            }
        }
        return \array_map(static fn (int $second): int => $start_time + $second, $seconds);
    }

    public function isValid(string $crontab_string): bool
    {
        $pattern = '/^' . self::FIELD . '(?:\s+' . self::FIELD . '){4,5}$/D';
        return (bool) \preg_match($pattern, \trim($crontab_string));
    }

    /**
     * The values of a field.
     *
     * @return list<int>
     */
    protected function parseSegment(string $string, int $min, int $max, ?int $start = null)
    {
        $from = \max($start ?? $min, $min);
        if (\str_contains($string, ',')) {
            $values = [];
            foreach (\explode(',', $string) as $part) {
                if (\trim($part) !== '') {
                    $values = [...$values, ...$this->parseSegment($part, $min, $max, $from)];
                }
            }
            return $values;
        }
        [$range, $step] = \explode('/', $string) + [1 => null];
        if ($step !== null && (int) $step === 0) {
            throw new InvalidArgumentException("Invalid cron string: a step of $string is missing or 0");
        }
        if (\str_contains($range, '-')) {
            [$first, $last] = \explode('-', $range);
            $from = \max($from, (int) $first);
            $max = \min($max, (int) $last);
        } elseif ($range !== '*' && $step === null) {
            return (int) $range >= $from && (int) $range <= $max ? [(int) $range] : [];
        }
        $values = [];
        for ($value = $from; $value <= $max; $value += (int) ($step ?? 1)) {
            $values[] = $value;
        }
        return $values;
    }
}
