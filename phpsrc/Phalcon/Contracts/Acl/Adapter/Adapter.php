<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl\Adapter;

/** A list of roles, components and who may do what. */
interface Adapter
{
    public function addInherit(string $roleName, $roleToInherits): bool;

    public function addRole($role, $accessInherits = null): bool;

    public function addComponent($componentValue, $accessList): bool;

    public function addComponentAccess(string $componentName, $accessList): bool;

    public function allow(string $roleName, string $componentName, $access, $func = null): void;

    public function deny(string $roleName, string $componentName, $access, $func = null): void;

    public function dropComponentAccess(string $componentName, $accessList): void;

    public function getActiveAccess(): ?string;

    public function getActiveRole(): ?string;

    public function getActiveComponent(): ?string;

    public function getComponents(): array;

    public function getDefaultAction(): int;

    public function getInheritedRoles(string $roleName = ''): array;

    public function getNoArgumentsDefaultAction(): int;

    public function getRoles(): array;

    public function isAllowed($roleName, $componentName, string $access, ?array $parameters = []): bool;

    public function isComponent(string $componentName): bool;

    public function isRole(string $roleName): bool;

    public function setDefaultAction(int $defaultAccess): void;

    public function setNoArgumentsDefaultAction(int $defaultAccess): void;
}
