<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Dispatcher;

use Phalcon\Dispatcher\Exception as DispatcherException;

/** What Mvc\Dispatcher throws. */
class Exception extends DispatcherException
{
}
