<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** There is no passphrase to sign a token with. */
class EmptyPassphrase extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Invalid passphrase (empty)');
    }
}
