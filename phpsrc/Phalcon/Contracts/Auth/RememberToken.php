<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth;

/** A stored token that lets a user in without credentials. */
interface RememberToken
{
    public function delete(): bool;

    public function getToken(): string;

    public function getUserAgent(): ?string;
}
