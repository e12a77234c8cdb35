<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** Upper and lower case of UTF-8. */
trait MbCaseTrait
{
    protected static function phpMbConvertCase(string $input, int $mode): string
    {
        return mb_convert_case($input, $mode, 'UTF-8');
    }
}
