<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Tells whether a string starts with another. Nothing starts with an empty string. */
trait StartsWithTrait
{
    protected static function toStartsWith(string $haystack, string $needle, bool $ignoreCase = true): bool
    {
        if ($haystack === '' || $needle === '') {
            return false;
        }

        return $ignoreCase
            ? str_starts_with(mb_strtolower($haystack), mb_strtolower($needle))
            : str_starts_with($haystack, $needle);
    }
}
