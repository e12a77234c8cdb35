<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A callback is neither callable nor null. */
class InvalidCallbackParameter extends Exception
{
    public function __construct()
    {
        parent::__construct('The \'callback\' parameter must be either a callable or NULL.');
    }
}
