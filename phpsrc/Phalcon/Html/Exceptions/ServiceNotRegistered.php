<?php

declare(strict_types=1);

namespace Phalcon\Html\Exceptions;

use Phalcon\Html\Exception;

/** There is no helper of that name. */
class ServiceNotRegistered extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Service $name is not registered");
    }
}
