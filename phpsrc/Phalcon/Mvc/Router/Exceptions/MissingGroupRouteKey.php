<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A route of a group in the configuration lacks its pattern or paths. */
class MissingGroupRouteKey extends Exception
{
    public function __construct(string $key)
    {
        parent::__construct("Group route entry is missing '$key'");
    }
}
