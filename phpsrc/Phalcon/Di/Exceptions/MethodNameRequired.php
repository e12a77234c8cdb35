<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A call in a definition names no method. */
class MethodNameRequired extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("The method name is required on position $position");
    }
}
