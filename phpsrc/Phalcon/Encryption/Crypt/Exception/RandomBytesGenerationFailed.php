<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** There is no initialization vector. */
class RandomBytesGenerationFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Cannot calculate Random Pseudo Bytes');
    }
}
