<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Acl;

use Phalcon\Acl\RoleAwareInterface;

/** A user with a role. */
final class Owner implements RoleAwareInterface
{
    public function __construct(public readonly int $id, private readonly string $role)
    {
    }

    public function getRoleName(): string
    {
        return $this->role;
    }
}
