<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use function is_array;
use function str_contains;
use function strpbrk;
use function strpos;
use function substr_count;

/**
 * Writes the header lines of an answer.
 *
 * @internal
 */
final class HeaderLines
{
    /**
     * A header whose name holds a colon, or whose name or value holds CR, LF or NUL, is left out: it would let whoever
     * chose that value add headers or a whole answer of their own (RFC 9110, 5.5).
     *
     * @param array<string, mixed> $headers values are scalar, Stringable, or an array of such: one line for each item
     * @return string each line with its CRLF
     */
    public static function render(array $headers): string
    {
        $lines = '';
        $count = 0;
        $suspect = false;
        foreach ($headers as $name => $value) {
            $suspect = $suspect || strpos((string) $name, ':') !== false;
            if (is_array($value)) {
                foreach ($value as $item) {
                    $lines .= "$name: $item\r\n";
                    ++$count;
                }
            } else {
                $lines .= "$name: $value\r\n";
                ++$count;
            }
        }

        // Three scans of the whole are cheaper than two for each line, and almost never find anything.
        if (
            $suspect
            || substr_count($lines, "\n") !== $count
            || substr_count($lines, "\r") !== $count
            || str_contains($lines, "\0")
        ) {
            return self::filter($headers);
        }

        return $lines;
    }

    private static function filter(array $headers): string
    {
        $lines = '';
        foreach ($headers as $name => $value) {
            $name = (string) $name;
            if (strpbrk($name, ":\r\n\0") !== false) {
                continue;
            }
            foreach (is_array($value) ? $value : [$value] as $item) {
                $item = (string) $item;
                if (strpbrk($item, "\r\n\0") === false) {
                    $lines .= "$name: $item\r\n";
                }
            }
        }

        return $lines;
    }
}
