<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** A passphrase is easy to guess. */
class WeakPassphrase extends ValidatorException
{
    public function __construct()
    {
        parent::__construct('Invalid passphrase (too weak)');
    }
}
