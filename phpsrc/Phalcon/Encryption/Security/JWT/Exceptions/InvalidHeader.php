<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use InvalidArgumentException;

/** A token's header is no object. */
class InvalidHeader extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Invalid Header (not an array)');
    }
}
