<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A text in front of another one. */
class Suffix
{
    public function __invoke($text, string $suffix): string
    {
        return $text . $suffix;
    }
}
