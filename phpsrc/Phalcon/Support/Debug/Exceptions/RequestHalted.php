<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Exceptions;

use Phalcon\Support\Debug\Exception;

/** Debug::halt() was called. */
class RequestHalted extends Exception
{
    public function __construct()
    {
        parent::__construct('Halted request');
    }
}
