<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** A collection's handlers are not what addMap() makes of them. */
class InvalidRegisteredHandler extends Exception
{
    public function __construct()
    {
        parent::__construct('One of the registered handlers is invalid');
    }
}
