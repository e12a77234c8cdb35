<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth;

/** A user who can be remembered between sessions. */
interface AuthRemember
{
    public function createRememberToken(string $token, ?string $userAgent = null): RememberToken;

    public function getRememberToken(string $token): ?RememberToken;
}
