<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str\Exceptions;

use Phalcon\Support\Helper\Exception;

/** Concat needs a delimiter and two strings. */
class InsufficientArguments extends Exception
{
    public function __construct()
    {
        parent::__construct('concat needs at least three parameters');
    }
}
