<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The container's "filter" is no object. */
class InvalidFilterService extends Exception
{
    public function __construct()
    {
        parent::__construct("Returned 'filter' service is invalid");
    }
}
