<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** There is no key to encrypt with. */
class EmptyEncryptionKey extends Exception
{
    public function __construct()
    {
        parent::__construct('Encryption key cannot be empty');
    }
}
