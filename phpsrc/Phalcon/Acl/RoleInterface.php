<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Contracts\Acl\Role as RoleContract;

/** A role. */
interface RoleInterface extends RoleContract
{
}
