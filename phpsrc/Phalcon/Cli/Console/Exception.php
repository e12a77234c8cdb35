<?php

declare(strict_types=1);

namespace Phalcon\Cli\Console;

use Phalcon\Application\Exception as ApplicationException;

/** What Cli\Console throws. */
class Exception extends ApplicationException
{
}
