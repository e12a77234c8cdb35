<?php

declare(strict_types=1);

namespace Phalcon\Session\Exceptions;

use Phalcon\Session\Exception;

/** A name may have letters, digits, underscores and dashes, and is no number. */
class InvalidSessionName extends Exception
{
    public function __construct()
    {
        parent::__construct('The name contains non alphanum characters');
    }
}
