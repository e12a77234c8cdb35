<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** The router matched a route that is none of the application's. */
class NoMatchedRouteHandler extends Exception
{
    public function __construct()
    {
        parent::__construct('Matched route does not have an associated handler');
    }
}
