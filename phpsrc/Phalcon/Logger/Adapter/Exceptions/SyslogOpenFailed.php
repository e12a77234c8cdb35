<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter\Exceptions;

use Phalcon\Logger\Exception;

/** The system's log cannot be opened. */
class SyslogOpenFailed extends Exception
{
    public function __construct(string $name, int $facility)
    {
        parent::__construct("Cannot open syslog for name [$name] and facility [$facility]");
    }
}
