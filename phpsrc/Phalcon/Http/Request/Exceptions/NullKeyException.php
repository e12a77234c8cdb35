<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use Phalcon\Http\Request\Exception;

/** An element of a bag was written without a key. */
class NullKeyException extends Exception
{
    public function __construct()
    {
        parent::__construct('A null key is not allowed; bag elements must be written with a string key.');
    }
}
