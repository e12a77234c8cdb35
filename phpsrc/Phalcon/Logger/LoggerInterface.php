<?php

declare(strict_types=1);

namespace Phalcon\Logger;

use Phalcon\Contracts\Logger\Logger as LoggerContract;

/** A logger with the levels and methods of PSR-3. */
interface LoggerInterface extends LoggerContract
{
}
