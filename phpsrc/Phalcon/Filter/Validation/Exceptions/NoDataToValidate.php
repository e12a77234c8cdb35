<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A value is asked for before there are any. */
class NoDataToValidate extends Exception
{
    public function __construct()
    {
        parent::__construct('There is no data to validate');
    }
}
