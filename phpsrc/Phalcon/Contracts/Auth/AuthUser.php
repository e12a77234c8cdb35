<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth;

/** A user as authentication sees it. */
interface AuthUser
{
    public function getAuthIdentifier(): string|int;

    public function getAuthPassword(): string;
}
