<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter\Exceptions;

use Phalcon\Logger\Exception;

/** A log's file would be opened for reading. */
class InvalidStreamMode extends Exception
{
    public function __construct()
    {
        parent::__construct('Adapter cannot be opened in read mode');
    }
}
