<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A service's definition leads to nothing. */
class ServiceCannotBeResolved extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Service '$name' cannot be resolved");
    }
}
