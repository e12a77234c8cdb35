<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** The arguments of a call in a definition are no array. */
class CallArgumentsMustBeArray extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("Call arguments must be an array on position $position");
    }
}
