<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

/** An HMAC's hash is none of those for tokens. */
class UnsupportedHmacAlgorithm extends UnsupportedAlgorithmException
{
    public function __construct()
    {
        parent::__construct('Unsupported HMAC algorithm');
    }
}
