<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Access;

use Phalcon\Contracts\Auth\Guard\Guard;

/** Decides whether the current user may run an action. */
interface Access
{
    public function getExceptActions(): array;

    public function getOnlyActions(): array;

    public function isAllowed(Guard $guard, string $actionName, array $context = []): bool;

    public function redirectTo(): ?array;

    public function setExceptActions(array $exceptActions = []): void;

    public function setOnlyActions(array $onlyActions = []): void;
}
