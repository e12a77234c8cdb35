<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** What a route asks before it matches cannot be called. */
class BeforeMatchNotCallable extends Exception
{
    public function __construct()
    {
        parent::__construct('Before-Match callback is not callable in matched route');
    }
}
