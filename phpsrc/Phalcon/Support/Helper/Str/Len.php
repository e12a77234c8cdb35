<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** How many letters a text has. */
class Len
{
    public function __invoke(string $text, string $encoding = 'UTF-8'): int
    {
        return mb_strlen($text, $encoding);
    }
}
