<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A route in the configuration lacks its pattern or paths. */
class MissingRouteConfigKey extends Exception
{
    public function __construct(string $key)
    {
        parent::__construct("Route config entry is missing '$key'");
    }
}
