<?php

declare(strict_types=1);

namespace Phalcon\Support;

use Exception as BaseException;

/** Failures of the supporting classes. */
class Exception extends BaseException
{
}
