<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** Middleware is neither a MiddlewareInterface nor a callable. */
class HandlerNotCallable extends Exception
{
    public function __construct(string $type)
    {
        parent::__construct("'$type' handler is not callable");
    }
}
