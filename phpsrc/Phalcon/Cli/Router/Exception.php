<?php

declare(strict_types=1);

namespace Phalcon\Cli\Router;

use Exception as BaseException;

/** What routers of the command line throw. */
class Exception extends BaseException
{
}
