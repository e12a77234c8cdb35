<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** What was given to error() cannot be called. */
class ErrorHandlerNotCallable extends Exception
{
    public function __construct()
    {
        parent::__construct('Error handler is not callable');
    }
}
