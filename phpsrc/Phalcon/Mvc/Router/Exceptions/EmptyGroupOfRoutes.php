<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A group without routes was mounted. */
class EmptyGroupOfRoutes extends Exception
{
    public function __construct()
    {
        parent::__construct('The group of routes does not contain any routes');
    }
}
