<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** An authentication tag cannot have that length. */
class InvalidAuthTagLength extends Exception
{
    public function __construct()
    {
        parent::__construct('The auth tag length must be between 4 and 16 bytes.');
    }
}
