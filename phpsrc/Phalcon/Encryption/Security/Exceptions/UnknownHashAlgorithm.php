<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Exceptions;

use Phalcon\Encryption\Security\Exception;

/** There is no such hash algorithm. */
class UnknownHashAlgorithm extends Exception
{
    public function __construct(string $algo)
    {
        parent::__construct("Unknown hashing algorithm: $algo");
    }
}
