<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** How many vowels of the English alphabet, "y" being one, a text has. */
class CountVowels
{
    public function __invoke(string $text): int
    {
        return (int)preg_match_all('/[aeiouy]/i', $text);
    }
}
