<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The values to compare with are no list. */
class InvalidDomainOption extends Exception
{
    public function __construct()
    {
        parent::__construct("Option 'domain' must be an array");
    }
}
