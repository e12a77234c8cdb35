<?php

declare(strict_types=1);

namespace Phalcon\Session\Adapter\Exceptions;

use Phalcon\Session\Exception;

/** There is no folder for the sessions' files. */
class InvalidSavePath extends Exception
{
    public function __construct()
    {
        parent::__construct('The session save path cannot be empty');
    }
}
