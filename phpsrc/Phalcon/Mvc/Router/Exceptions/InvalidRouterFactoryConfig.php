<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** The factory got neither an array nor a configuration. */
class InvalidRouterFactoryConfig extends Exception
{
    public function __construct()
    {
        parent::__construct('RouterFactory::load requires an array or Phalcon\Config\ConfigInterface instance');
    }
}
