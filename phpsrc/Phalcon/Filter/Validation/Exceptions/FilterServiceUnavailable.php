<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** Filters are set, and there is no container to take the "filter" service from. */
class FilterServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct("A dependency injection container is required to access the 'filter' service");
    }
}
