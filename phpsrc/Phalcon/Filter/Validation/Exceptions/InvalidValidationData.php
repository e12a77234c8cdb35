<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** What is to be validated is neither an array nor an object. */
class InvalidValidationData extends Exception
{
    public function __construct()
    {
        parent::__construct('Invalid data to validate');
    }
}
