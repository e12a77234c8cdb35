<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use UnexpectedValueException;

/** The Host header is no host name, and strict checks are on. */
class InvalidHost extends UnexpectedValueException
{
    public function __construct(string $host)
    {
        parent::__construct("Invalid host $host");
    }
}
