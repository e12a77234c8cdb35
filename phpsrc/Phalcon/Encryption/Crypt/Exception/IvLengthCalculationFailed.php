<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** OpenSSL does not know the cipher. */
class IvLengthCalculationFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Cannot calculate the initialization vector (IV) length of the cipher');
    }
}
