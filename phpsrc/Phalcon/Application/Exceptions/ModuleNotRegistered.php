<?php

declare(strict_types=1);

namespace Phalcon\Application\Exceptions;

use Phalcon\Application\Exception;

/** The module that is asked for is none of those registered. */
class ModuleNotRegistered extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Module '$name' is not registered in the application");
    }
}
