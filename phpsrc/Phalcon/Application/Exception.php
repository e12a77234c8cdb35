<?php

declare(strict_types=1);

namespace Phalcon\Application;

use Exception as BaseException;

/** What applications of the web and of the command line throw. */
class Exception extends BaseException
{
}
