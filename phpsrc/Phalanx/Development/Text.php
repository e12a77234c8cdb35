<?php

declare(strict_types=1);

namespace Phalanx\Development;

/**
 * An error as text, for terminals and clients that want no page.
 *
 * @internal
 */
final class Text
{
    /** Frames of an application's stack that are listed; recursion makes thousands. */
    private const MAX_FRAMES = 30;

    /** @param string $what was being done, '' when that is not known */
    public static function of(Failure $failure, string $what = '', bool $isColoured = false): string
    {
        $text = "\n";
        for ($one = $failure; $one !== null; $one = $one->previous) {
            $text .= $one === $failure ? '' : "\nbecause of\n";
            $text .= self::paint('1;31', "$one->title:", $isColoured) . ' '
                . self::paint('1', self::printable($one->message), $isColoured) . "\n";
            if ($one === $failure && $what !== '') {
                $text .= '  in ' . self::printable($what) . "\n";
            }
            if ($one->file !== '') {
                $text .= '  at ' . self::paint('33', "$one->file:$one->line", $isColoured) . "\n";
                $text .= self::excerpt($one, $isColoured);
            }
            $text .= self::frames($one, $isColoured);
            if ($one->note !== '') {
                $text .= "\n  " . \str_replace("\n", "\n  ", self::printable($one->note)) . "\n";
            }
        }

        return "$text\n";
    }

    private static function excerpt(Failure $failure, bool $isColoured): string
    {
        $text = '';
        foreach (Failure::excerpt($failure->file, $failure->line, 3) as $n => $line) {
            $isIt = $n === $failure->line;
            $line = \sprintf('%s%5d | %s', $isIt ? '>' : ' ', $n, self::printable($line));
            $text .= self::paint($isIt ? '31' : '2', $line, $isColoured) . "\n";
        }

        return $text === '' ? '' : "\n$text";
    }

    private static function frames(Failure $failure, bool $isColoured): string
    {
        $text = '';
        foreach (\array_slice($failure->frames, 0, self::MAX_FRAMES) as $n => $frame) {
            $place = $frame['file'] === '' ? '[internal]' : "$frame[file]:$frame[line]";
            $line = "  #$n " . self::printable($frame['call']) . "  $place";
            $text .= self::paint(Failure::isApplications($frame['file']) ? '0' : '2', $line, $isColoured) . "\n";
        }
        $more = \count($failure->frames) - self::MAX_FRAMES;
        $text .= $more > 0 ? "  ... and $more more\n" : '';

        return $text === '' ? '' : "\n$text";
    }

    private static function paint(string $code, string $text, bool $isColoured): string
    {
        return $isColoured ? "\033[{$code}m$text\033[0m" : $text;
    }

    /** A message may have a peer's bytes in it, which are not to command the terminal. */
    private static function printable(string $text): string
    {
        return (string) \preg_replace_callback(
            '/[\x00-\x08\x0b-\x1f\x7f]/',
            static fn (array $byte): string => \sprintf('\x%02x', \ord($byte[0])),
            $text,
        );
    }
}
