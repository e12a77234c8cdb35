<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie\Exceptions;

use Phalcon\Http\Cookie\Exception;

/** A key to sign cookies with has fewer than 32 characters. */
class CookieKeyTooShort extends Exception
{
    public function __construct(int $length)
    {
        parent::__construct("The cookie's key should be at least 32 characters long. Current length is $length.");
    }
}
