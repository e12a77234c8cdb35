<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl;

/** An object that stands for a role in a check. */
interface RoleAware
{
    public function getRoleName(): string;
}
