<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

/** Escapes text for a value or a string of CSS: all but ASCII letters and digits. */
class CssEscaper extends AbstractEscaper
{
    /** @var array<string, string> what becomes of each ASCII character that is not plain; constant once it is there */
    private static array $escapes = [];

    public function __invoke(string $input): string
    {
        return $this->escape($input);
    }

    /** A text with a NUL in it gives an empty one. */
    public function escape(string $input): string
    {
        if ($input === '' || ctype_alnum($input)) {
            return $input;
        }
        $input = mb_convert_encoding($input, 'UTF-8', $this->detectEncoding($input));
        if (str_contains($input, "\0")) {
            return '';
        }
        $escaped = strtr($input, self::$escapes ?: self::escapes());

        return mb_check_encoding($escaped, 'ASCII') ? $escaped : (string) preg_replace_callback(
            '/[^\x00-\x7f]/u',
            static fn (array $match): string => sprintf('\%x ', mb_ord($match[0], 'UTF-8')),
            $escaped
        );
    }

    /** @return array<string, string> */
    private static function escapes(): array
    {
        for ($code = 1; $code < 128; $code++) {
            if (!ctype_alnum(chr($code))) {
                self::$escapes[chr($code)] = sprintf('\%x ', $code);
            }
        }

        return self::$escapes;
    }
}
