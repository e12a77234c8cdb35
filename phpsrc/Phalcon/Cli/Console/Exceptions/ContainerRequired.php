<?php

declare(strict_types=1);

namespace Phalcon\Cli\Console\Exceptions;

use Phalcon\Cli\Console\Exception;

/** handle() was called without a container. */
class ContainerRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access internal services');
    }
}
