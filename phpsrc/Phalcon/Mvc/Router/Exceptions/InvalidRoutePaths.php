<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** The paths of a route are neither an array nor a string. */
class InvalidRoutePaths extends Exception
{
    public function __construct()
    {
        parent::__construct('The route contains invalid paths');
    }
}
