<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Acl\Exceptions\ForbiddenWildcard;

/** Who accesses: a group of users. */
class Role extends AbstractElement implements RoleInterface
{
    public function __construct(string $name, ?string $description = null)
    {
        if ($name === '*') {
            throw new ForbiddenWildcard('role');
        }
        $this->name = $name;
        $this->description = $description;
    }
}
