<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Contracts\Acl\RoleAware;

/** An object that has a role: a user. */
interface RoleAwareInterface extends RoleAware
{
}
