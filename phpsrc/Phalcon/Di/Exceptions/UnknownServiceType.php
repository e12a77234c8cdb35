<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** An argument in a definition is of a type that does not exist. */
class UnknownServiceType extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("Unknown service type in parameter on position $position");
    }
}
