<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** OpenSSL could not encrypt. */
class EncryptionFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Could not encrypt data');
    }
}
