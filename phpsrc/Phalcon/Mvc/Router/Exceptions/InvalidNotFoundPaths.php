<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** The paths of the not-found route are neither an array nor a string. */
class InvalidNotFoundPaths extends Exception
{
    public function __construct()
    {
        parent::__construct('The not-found paths must be an array or string');
    }
}
