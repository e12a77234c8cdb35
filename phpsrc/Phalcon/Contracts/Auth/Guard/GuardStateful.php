<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Guard;

use Phalcon\Contracts\Auth\AuthUser;

/** A guard that keeps users logged in. */
interface GuardStateful
{
    public function attempt(array $credentials = [], bool $remember = false): bool;

    public function login(AuthUser $user, bool $remember = false): void;

    public function loginById($id, bool $remember = false): AuthUser|false;

    public function logout(): void;

    public function viaRemember(): bool;
}
