<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** OpenSSL could not decrypt. */
class DecryptionFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Could not decrypt data');
    }
}
