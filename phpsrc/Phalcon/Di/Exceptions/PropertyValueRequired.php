<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A property in a definition has no value. */
class PropertyValueRequired extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("The property value is required on position $position");
    }
}
