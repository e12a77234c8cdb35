<?php

declare(strict_types=1);

namespace Phalcon\Support\Collection\Exceptions;

use InvalidArgumentException;

/** A value is of another type than the collection holds. */
class InvalidValueType extends InvalidArgumentException
{
    public function __construct(string $type, $value)
    {
        parent::__construct("Value must be of type '$type', '" . get_debug_type($value) . "' given");
    }
}
