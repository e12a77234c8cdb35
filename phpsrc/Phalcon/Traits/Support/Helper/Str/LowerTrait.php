<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Lower case in an encoding. */
trait LowerTrait
{
    protected static function toLower(string $text, string $encoding = 'UTF-8'): string
    {
        return mb_convert_case($text, MB_CASE_LOWER, $encoding);
    }
}
