<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text reads the same backwards. */
class IsPalindrome
{
    public function __invoke(string $text): bool
    {
        return strrev($text) === $text;
    }
}
