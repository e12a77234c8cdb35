<?php

declare(strict_types=1);

namespace Phalcon\Support\Collection\Exceptions;

use Phalcon\Support\Collection\Exception;

/** A collection that is only read was to be changed. */
class ReadOnlyViolation extends Exception
{
    public function __construct()
    {
        parent::__construct('The object is read only');
    }
}
