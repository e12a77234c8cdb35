<?php

declare(strict_types=1);

namespace Phalcon\Session\Exceptions;

use Phalcon\Session\Exception;

/** An id may have letters, digits, commas and dashes. */
class InvalidSessionId extends Exception
{
    public function __construct()
    {
        parent::__construct('The session id contains invalid characters');
    }
}
