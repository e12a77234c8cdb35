<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** A token would not be valid yet. */
class InvalidNotBefore extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Invalid Not Before');
    }
}
