<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A property in a definition is no array. */
class PropertyMustBeArray extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("Property must be an array on position $position");
    }
}
