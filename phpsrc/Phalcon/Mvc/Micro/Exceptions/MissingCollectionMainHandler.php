<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** A collection without setHandler() was mounted. */
class MissingCollectionMainHandler extends Exception
{
    public function __construct()
    {
        parent::__construct('Collection requires a main handler');
    }
}
