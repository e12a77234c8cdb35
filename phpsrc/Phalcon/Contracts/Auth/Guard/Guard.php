<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Guard;

use Phalcon\Contracts\Auth\Adapter\Adapter;
use Phalcon\Contracts\Auth\AuthUser;

/** Tells who the current user is. */
interface Guard
{
    public static function fromOptions(Adapter $adapter, $container, array $options): static;

    public function check(): bool;

    public function getLastUserAttempted(): ?AuthUser;

    public function guest(): bool;

    public function hasUser(): bool;

    public function id(): string|int|null;

    public function setUser(AuthUser $user): static;

    public function user(): ?AuthUser;

    public function validate(array $credentials = []): bool;
}
