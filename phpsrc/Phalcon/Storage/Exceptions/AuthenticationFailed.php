<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** The Redis server refuses the user or the password. */
class AuthenticationFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Failed to authenticate with the Redis server');
    }
}
