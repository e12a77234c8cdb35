<?php

declare(strict_types=1);

namespace Phalcon\Logger\Exceptions;

use Phalcon\Logger\Exception;

/** A logger has nothing to write to. */
class NoAdaptersConfigured extends Exception
{
    public function __construct()
    {
        parent::__construct('No adapters specified');
    }
}
