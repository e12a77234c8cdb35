<?php

declare(strict_types=1);

namespace Phalcon\Flash\Exceptions;

use Phalcon\Flash\Exception;

/** There is no session to keep messages in. */
class SessionServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct("The 'session' service is not available (no container, or service not registered)");
    }
}
