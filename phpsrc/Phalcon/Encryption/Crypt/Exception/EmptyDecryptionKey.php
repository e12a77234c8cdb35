<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** There is no key to decrypt with. */
class EmptyDecryptionKey extends Exception
{
    public function __construct()
    {
        parent::__construct('Decryption key cannot be empty');
    }
}
