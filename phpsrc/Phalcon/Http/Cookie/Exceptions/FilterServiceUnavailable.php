<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie\Exceptions;

use Phalcon\Http\Cookie\Exception;

/** A cookie has no container to take a service from. */
class FilterServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access the \'filter\' service');
    }
}
