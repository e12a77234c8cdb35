<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Adapter;

use Phalcon\Contracts\Auth\AuthUser;
use Phalcon\Contracts\Encryption\Security\Security;

/** Where users come from, and how their credentials are checked. */
interface Adapter
{
    public static function fromOptions(Security $hasher, array $options): static;

    public function retrieveByCredentials(array $credentials): ?AuthUser;

    public function retrieveById($id): ?AuthUser;

    public function validateCredentials(AuthUser $user, array $credentials): bool;
}
