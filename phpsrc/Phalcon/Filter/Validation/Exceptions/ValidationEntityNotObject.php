<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** An entity is no object. */
class ValidationEntityNotObject extends Exception
{
    public function __construct()
    {
        parent::__construct('Entity must be an object');
    }
}
