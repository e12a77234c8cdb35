<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** An object that is asked about is no role. */
class InvalidRoleImplementation extends Exception
{
    public function __construct()
    {
        parent::__construct(
            'Object passed as roleName must implement Phalcon\Acl\RoleAwareInterface or Phalcon\Acl\RoleInterface'
        );
    }
}
