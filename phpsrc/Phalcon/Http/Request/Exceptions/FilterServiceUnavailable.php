<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use Phalcon\Http\Request\Exception;

/** The request has no container to take "filter" from. */
class FilterServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency injection container is required to access the \'filter\' service');
    }
}
