<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** Aliases lead back to themselves. */
class CircularAliasReference extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Circular alias reference detected while resolving '$name'");
    }
}
