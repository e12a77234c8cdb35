<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Adapter;

use Phalcon\Contracts\Auth\AuthUser;
use Phalcon\Contracts\Auth\RememberToken;

/** A source of users that can also remember them by a token. */
interface RememberAdapter extends Adapter
{
    public function createRememberToken(AuthUser $user): RememberToken;

    public function retrieveByToken($id, string $token, ?string $userAgent = null): ?AuthUser;
}
