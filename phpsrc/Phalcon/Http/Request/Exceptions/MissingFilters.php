<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use Phalcon\Http\Request\Exception;

/** A parameter is to be filtered by no filter. */
class MissingFilters extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Filters have not been defined for '$name'");
    }
}
