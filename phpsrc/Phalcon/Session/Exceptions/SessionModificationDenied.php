<?php

declare(strict_types=1);

namespace Phalcon\Session\Exceptions;

use Phalcon\Session\Exception;

/** The name of an active session is to be set. */
class SessionModificationDenied extends Exception
{
    public function __construct()
    {
        parent::__construct('Cannot set session name after a session has started');
    }
}
