<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

/**
 * Escapes text for a quoted string of JavaScript, whose value is the text then. Not for one in backticks, where ${...}
 * is code.
 */
class JsEscaper extends AbstractEscaper
{
    private const PLAIN = " /*+-\t^\$!?#}{)(][.,:;_|"
        . '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

    /** @var array<string, string> what becomes of each ASCII character that is not plain; constant once it is there */
    private static array $escapes = [];

    public function __invoke(string $input): string
    {
        return $this->escape($input);
    }

    /** A text with a NUL in it gives an empty one. */
    public function escape(string $input): string
    {
        if (strspn($input, self::PLAIN) === strlen($input)) {
            return $input;
        }
        $input = mb_convert_encoding($input, 'UTF-8', $this->detectEncoding($input));
        if (str_contains($input, "\0")) {
            return '';
        }
        $escaped = strtr($input, self::$escapes ?: self::escapes());

        return mb_check_encoding($escaped, 'ASCII') ? $escaped : (string) preg_replace_callback(
            '/[^\x00-\x7f]/u',
            static fn (array $match): string => self::escapeCharacter($match[0]),
            $escaped
        );
    }

    private static function escapeCharacter(string $character): string
    {
        $code = mb_ord($character, 'UTF-8');

        return match (true) {
            $code <= 0xff => sprintf('\x%02x', $code),
            $code <= 0xffff => sprintf('\u%04x', $code),
            default => sprintf('\u%04x\u%04x', 0xd7c0 + ($code >> 10), 0xdc00 + ($code & 0x3ff)),
        };
    }

    /** @return array<string, string> */
    private static function escapes(): array
    {
        for ($code = 1; $code < 128; $code++) {
            if (!str_contains(self::PLAIN, chr($code))) {
                self::$escapes[chr($code)] = sprintf('\x%02x', $code);
            }
        }

        return self::$escapes;
    }
}
