<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** What is to be merged is neither an array nor a Config. */
class InvalidMergeData extends Exception
{
    public function __construct()
    {
        parent::__construct('Invalid data type for merge.');
    }
}
