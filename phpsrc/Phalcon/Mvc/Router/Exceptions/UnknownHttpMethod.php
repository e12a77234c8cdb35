<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A route in the configuration names a method that is none. */
class UnknownHttpMethod extends Exception
{
    public function __construct(string $method)
    {
        parent::__construct("Unknown HTTP method '$method' in route config");
    }
}
