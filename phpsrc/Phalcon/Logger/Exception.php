<?php

declare(strict_types=1);

namespace Phalcon\Logger;

use Exception as BaseException;

/** Failures of loggers. */
class Exception extends BaseException
{
}
