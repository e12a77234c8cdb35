<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A callback answered neither a bool nor a validator. */
class InvalidCallbackReturn extends Exception
{
    public function __construct()
    {
        parent::__construct('Callback must return bool or Phalcon\\Filter\\Validation\\Validator object');
    }
}
