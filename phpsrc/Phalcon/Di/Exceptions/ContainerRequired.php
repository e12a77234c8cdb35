<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** There is no container: none was given and there is no default one. */
class ContainerRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access internal services');
    }
}
