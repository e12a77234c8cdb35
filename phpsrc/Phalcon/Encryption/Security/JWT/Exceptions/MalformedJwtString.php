<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use InvalidArgumentException;

/** A token does not have three parts. */
class MalformedJwtString extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Invalid JWT string (dots misalignment)');
    }
}
