<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug;

use Phalcon\Support\Exception as SupportException;

/** Failures of the debugger. */
class Exception extends SupportException
{
}
