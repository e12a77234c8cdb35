<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** No route matched, and notFound() was given nothing to call. */
class NotFoundHandlerNotCallable extends Exception
{
    public function __construct()
    {
        parent::__construct('Not-Found handler is not callable or is not defined');
    }
}
