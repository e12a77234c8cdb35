<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A capital at the beginning of each word. */
class Ucwords
{
    public function __invoke(string $text, string $encoding = 'UTF-8'): string
    {
        return mb_convert_case($text, MB_CASE_TITLE, $encoding);
    }
}
