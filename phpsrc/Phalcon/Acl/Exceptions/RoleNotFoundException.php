<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A role is to inherit from one that is not there. */
class RoleNotFoundException extends Exception
{
    public function __construct(string $roleName)
    {
        parent::__construct("Role '$roleName' (to inherit) does not exist in the role list");
    }
}
