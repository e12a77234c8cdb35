<?php

declare(strict_types=1);

namespace Phalcon\Session\Exceptions;

use Phalcon\Session\Exception;

/** The id of an active session is to be set. */
class SessionAlreadyStarted extends Exception
{
    public function __construct()
    {
        parent::__construct('The session has already been started. To change the id, use regenerateId()');
    }
}
