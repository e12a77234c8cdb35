<?php

declare(strict_types=1);

namespace Phalcon\Time\Clock;

use Exception as BaseException;

/** Failures of clocks. */
class Exception extends BaseException
{
}
