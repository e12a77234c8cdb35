<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth;

use Phalcon\Contracts\Auth\Access\Access;
use Phalcon\Contracts\Auth\Guard\Guard;

/** The guards and access rules of an application. */
interface Manager
{
    public function access(string $accessName): self;

    public function addAccessList(array $accessList): self;

    public function addGuard(string $nameGuard, Guard $guard, bool $isDefault = false): self;

    public function attempt(array $credentials = [], bool $remember = false): bool;

    public function check(): bool;

    public function except(string ...$actions): self;

    public function getAccess(): ?Access;

    public function getAccessList(): array;

    public function getDefaultGuard(): ?Guard;

    public function getGuards(): array;

    public function guard(?string $name = null): Guard;

    public function id(): string|int|null;

    public function logout(): void;

    public function only(string ...$actions): self;

    public function setAccess(Access $access): self;

    public function setDefaultGuard(Guard $guard): self;

    public function user(): ?AuthUser;

    public function validate(array $credentials = []): bool;
}
