<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Upper case in an encoding. */
trait UpperTrait
{
    protected static function toUpper(string $text, string $encoding = 'UTF-8'): string
    {
        return mb_convert_case($text, MB_CASE_UPPER, $encoding);
    }
}
