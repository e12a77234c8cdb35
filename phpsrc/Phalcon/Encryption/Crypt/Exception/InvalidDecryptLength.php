<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** A text is too short to be encrypted with this cipher. */
class InvalidDecryptLength extends Exception
{
    public function __construct()
    {
        parent::__construct('The provided input is too short for the selected cipher.');
    }
}
