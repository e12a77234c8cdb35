<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt;

use Phalcon\Contracts\Encryption\Crypt\Crypt;

/** Encrypts and decrypts text. */
interface CryptInterface extends Crypt
{
}
