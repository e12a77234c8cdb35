<?php

declare(strict_types=1);

namespace Phalcon\Events;

use Exception as BaseException;

/** Failures of events and their managers. */
class Exception extends BaseException
{
}
