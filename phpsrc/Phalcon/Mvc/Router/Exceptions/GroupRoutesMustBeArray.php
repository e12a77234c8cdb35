<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** The routes of a group in the configuration are no array. */
class GroupRoutesMustBeArray extends Exception
{
    public function __construct()
    {
        parent::__construct('Group \'routes\' must be an array');
    }
}
