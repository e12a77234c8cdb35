<?php

declare(strict_types=1);

namespace Phalcon\Cli\Dispatcher;

use Phalcon\Dispatcher\Exception as DispatcherException;

/** What Cli\Dispatcher throws. */
class Exception extends DispatcherException
{
}
