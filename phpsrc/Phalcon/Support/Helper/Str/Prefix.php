<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A text behind another one. */
class Prefix
{
    public function __invoke($text, string $prefix): string
    {
        return $prefix . $text;
    }
}
