<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether two texts have the same letters. */
class IsAnagram
{
    public function __invoke(string $first, string $second): bool
    {
        return count_chars($first, 1) === count_chars($second, 1);
    }
}
