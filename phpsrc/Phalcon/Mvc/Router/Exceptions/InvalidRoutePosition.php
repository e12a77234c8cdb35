<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A route was to be attached neither first nor last. */
class InvalidRoutePosition extends Exception
{
    public function __construct()
    {
        parent::__construct('Invalid route position');
    }
}
