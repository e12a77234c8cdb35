<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security;

/** Tokens against cross-site request forgery, kept in the session. */
interface CsrfProtection
{
    public function getToken(): ?string;

    public function getTokenKey(): ?string;

    public function checkToken(?string $tokenKey = null, $tokenValue = null, bool $destroyIfValid = true): bool;

    public function destroyToken(): Security;

    public function getRequestToken(): ?string;

    public function getSessionToken(): ?string;
}
