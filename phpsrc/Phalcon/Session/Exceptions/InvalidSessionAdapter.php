<?php

declare(strict_types=1);

namespace Phalcon\Session\Exceptions;

use Phalcon\Session\Exception;

/** The session is to be started without an adapter. */
class InvalidSessionAdapter extends Exception
{
    public function __construct()
    {
        parent::__construct('The session adapter is not valid');
    }
}
