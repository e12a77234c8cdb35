<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** What was given to setResponseHandler() cannot be called. */
class ResponseHandlerNotCallable extends Exception
{
    public function __construct()
    {
        parent::__construct('Response handler is not callable or is not defined');
    }
}
