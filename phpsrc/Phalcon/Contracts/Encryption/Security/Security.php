<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security;

/** Passwords, tokens and random values in one service. */
interface Security extends CryptoUtils, CsrfProtection, PasswordSecurity
{
}
