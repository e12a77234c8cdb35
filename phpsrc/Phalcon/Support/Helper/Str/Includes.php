<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text contains another one. */
class Includes
{
    public function __invoke(string $haystack, string $needle): bool
    {
        return mb_strpos($haystack, $needle) !== false;
    }
}
