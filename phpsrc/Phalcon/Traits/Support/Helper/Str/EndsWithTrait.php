<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Tells whether a string ends with another. Nothing ends with an empty string. */
trait EndsWithTrait
{
    protected static function toEndsWith(string $haystack, string $needle, bool $ignoreCase = true): bool
    {
        if ($haystack === '' || $needle === '') {
            return false;
        }

        return $ignoreCase
            ? str_ends_with(mb_strtolower($haystack), mb_strtolower($needle))
            : str_ends_with($haystack, $needle);
    }
}
