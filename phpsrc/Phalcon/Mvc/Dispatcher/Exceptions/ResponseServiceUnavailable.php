<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Dispatcher\Exceptions;

use Phalcon\Mvc\Dispatcher\Exception;

/** Without a container there is no response to say "not found" with. */
class ResponseServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct(
            "A dependency injection container is required to access the 'response' service",
            Exception::EXCEPTION_NO_DI,
        );
    }
}
