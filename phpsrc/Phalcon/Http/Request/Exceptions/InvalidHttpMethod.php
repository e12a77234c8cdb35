<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use Phalcon\Http\Request\Exception;

/** A strict check was asked for a method that is none. */
class InvalidHttpMethod extends Exception
{
    public function __construct(string $method)
    {
        parent::__construct("Invalid HTTP method: $method");
    }
}
