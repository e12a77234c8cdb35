<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** There is no object whose methods could be called. */
class SetterInjectionRequiresInstance extends Exception
{
    public function __construct()
    {
        parent::__construct(
            "The definition has setter injection parameters but the constructor didn't return an instance",
        );
    }
}
