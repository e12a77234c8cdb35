<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** A token would have expired already. */
class InvalidExpirationTime extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Invalid Expiration Time');
    }
}
