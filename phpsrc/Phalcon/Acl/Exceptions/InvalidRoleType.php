<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A role is neither a name nor an object for one. */
class InvalidRoleType extends Exception
{
    public function __construct()
    {
        parent::__construct('Role must be either a string or implement RoleInterface');
    }
}
