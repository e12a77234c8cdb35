<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** What is to say which configuration to load is neither an array nor a Config. */
class ConfigNotArrayOrObject extends Exception
{
    public function __construct()
    {
        parent::__construct('Config must be array or Phalcon\Config\Config object');
    }
}
