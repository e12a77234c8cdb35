<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** A cipher or a hash algorithm is not there. */
class UnsupportedAlgorithm extends Exception
{
    public function __construct(string $type, string $cipher)
    {
        parent::__construct("The $type algorithm '$cipher' is not supported on this system.");
    }
}
