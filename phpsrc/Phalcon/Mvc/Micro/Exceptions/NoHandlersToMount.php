<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** A collection without routes was mounted. */
class NoHandlersToMount extends Exception
{
    public function __construct()
    {
        parent::__construct('There are no handlers to mount');
    }
}
