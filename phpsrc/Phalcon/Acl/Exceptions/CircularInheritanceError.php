<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A role would inherit from itself. */
class CircularInheritanceError extends Exception
{
    public function __construct(string $roleName)
    {
        parent::__construct("Role '$roleName' (to inherit) produces an infinite loop");
    }
}
