<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model\Exceptions;

use Phalcon\Mvc\Model\Exception;

/** The handler is an object, and the method to call is not known. */
class MissingMethodName extends Exception
{
    public function __construct()
    {
        parent::__construct('You must specify methodName for handler or pass Closure as handler');
    }
}
