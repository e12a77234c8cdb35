<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A property in a definition has no name. */
class PropertyNameRequired extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("The property name is required on position $position");
    }
}
