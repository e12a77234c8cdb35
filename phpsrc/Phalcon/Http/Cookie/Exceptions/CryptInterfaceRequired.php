<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie\Exceptions;

use Phalcon\Http\Cookie\Exception;

/** The "crypt" service is no object. */
class CryptInterfaceRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('A dependency which implements CryptInterface is required to use encryption');
    }
}
