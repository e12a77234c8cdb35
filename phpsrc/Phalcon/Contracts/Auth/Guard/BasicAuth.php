<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Guard;

use Phalcon\Contracts\Auth\AuthUser;

/** A guard that understands HTTP Basic authentication (RFC 7617). */
interface BasicAuth
{
    public function basic(string $field = 'email', array $extraConditions = []): bool;

    public function onceBasic(string $field = 'email', array $extraConditions = []): AuthUser|false;
}
