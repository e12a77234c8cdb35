<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** The audience to look for is neither a name nor an array of names. */
class InvalidAudienceType extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Audience must be a string or an array');
    }
}
