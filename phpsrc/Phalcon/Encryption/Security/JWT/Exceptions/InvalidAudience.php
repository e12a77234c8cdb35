<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** A token's audience is neither a name nor an array of names. */
class InvalidAudience extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Invalid Audience');
    }
}
