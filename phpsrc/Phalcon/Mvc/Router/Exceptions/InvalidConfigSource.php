<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** Routes were to be loaded from neither an array nor a configuration. */
class InvalidConfigSource extends Exception
{
    public function __construct()
    {
        parent::__construct('loadFromConfig requires an array or Phalcon\Config\ConfigInterface instance');
    }
}
