<?php

declare(strict_types=1);

namespace Phalcon\Http\Response\Exceptions;

use Phalcon\Http\Response\Exception;

/** Cookies have no container to take "response" from. */
class ResponseServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access the \'response\' service');
    }
}
