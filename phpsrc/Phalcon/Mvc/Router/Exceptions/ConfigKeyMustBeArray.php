<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** A list in the configuration of routes is no array. */
class ConfigKeyMustBeArray extends Exception
{
    public function __construct(string $key)
    {
        parent::__construct("'$key' must be an array");
    }
}
