<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The types that a file may have are no list. */
class InvalidAllowedTypes extends Exception
{
    public function __construct()
    {
        parent::__construct("Option 'allowedTypes' must be an array");
    }
}
