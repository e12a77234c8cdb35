<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie\Exceptions;

use Phalcon\Http\Cookie\Exception;

/** An encrypted cookie has no container to take "crypt" from. */
class CryptServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access the \'crypt\' service');
    }
}
