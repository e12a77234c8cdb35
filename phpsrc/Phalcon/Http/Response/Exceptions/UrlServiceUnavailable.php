<?php

declare(strict_types=1);

namespace Phalcon\Http\Response\Exceptions;

use Phalcon\Http\Response\Exception;

/** The response has no container, and there is no default one. */
class UrlServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access the \'url\' service');
    }
}
