<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Application\Exceptions;

use Phalcon\Mvc\Application\Exception;

/** handle() was called without a container. */
class ContainerRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access internal services');
    }
}
