<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A validator of several fields is not given as fields and validator. */
class InvalidValidatorScope extends Exception
{
    public function __construct()
    {
        parent::__construct('The validator scope is not valid');
    }
}
