<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use InvalidArgumentException;

/** A token's header does not say that it is one. */
class MissingJwtTypHeader extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct("Invalid Header (missing 'typ' element)");
    }
}
