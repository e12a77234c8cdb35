<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** The class of a lazy collection is not there. */
class LazyHandlerNotFound extends Exception
{
    public function __construct(string $definition)
    {
        parent::__construct("Handler '$definition' does not exist");
    }
}
