<?php

declare(strict_types=1);

namespace Phalcon\Http\Response\Exceptions;

use Phalcon\Http\Response\Exception;

/** A status code that is not known comes without a reason phrase. */
class NonStandardStatusCodeRequiresMessage extends Exception
{
    public function __construct()
    {
        parent::__construct('Non-standard status-code given without a message');
    }
}
