<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** The accesses of a component are neither a name nor a list of names. */
class InvalidAccessList extends Exception
{
    public function __construct()
    {
        parent::__construct('Invalid value for the accessList');
    }
}
