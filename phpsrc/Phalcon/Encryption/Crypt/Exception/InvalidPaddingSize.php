<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** A cipher's blocks are too long to be padded. */
class InvalidPaddingSize extends Exception
{
    public function __construct()
    {
        parent::__construct('Padding size cannot be less than 0 or greater than 256');
    }
}
