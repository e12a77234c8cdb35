<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro\Exceptions;

use Phalcon\Mvc\Micro\Exception;

/** handle() was called without a container. */
class ContainerRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access micro services');
    }
}
