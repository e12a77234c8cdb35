<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use InvalidArgumentException;

/** A token's claims are no object. */
class InvalidClaims extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Invalid Claims (not an array)');
    }
}
