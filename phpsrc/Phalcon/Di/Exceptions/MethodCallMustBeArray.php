<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A call in a definition is no array. */
class MethodCallMustBeArray extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("Method call must be an array on position $position");
    }
}
