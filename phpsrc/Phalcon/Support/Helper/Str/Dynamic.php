<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Support\Helper\Str\Exceptions\SyntaxError;

/** Chooses one of the words in each pair of delimiters by chance: "{Hi|Hello}" is "Hi" or "Hello". */
class Dynamic
{
    public function __invoke(
        string $text,
        string $leftDelimiter = '{',
        string $rightDelimiter = '}',
        string $separator = '|'
    ): string {
        if (mb_substr_count($text, $leftDelimiter) !== mb_substr_count($text, $rightDelimiter)) {
            throw new SyntaxError($text);
        }
        $left = preg_quote($leftDelimiter, '/');
        $right = preg_quote($rightDelimiter, '/');

        return preg_replace_callback(
            "/$left([^$left$right]+)$right/",
            static function (array $match) use ($separator): string {
                $words = explode($separator, $match[1]);

                return $words[array_rand($words)];
            },
            $text,
        );
    }
}
