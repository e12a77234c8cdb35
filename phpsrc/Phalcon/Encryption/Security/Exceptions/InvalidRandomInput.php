<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Exceptions;

use Phalcon\Encryption\Security\Exception;

/** A random number would not be positive. */
class InvalidRandomInput extends Exception
{
    public function __construct()
    {
        parent::__construct('Input number must be a positive integer');
    }
}
