<?php

declare(strict_types=1);

namespace Phalcon\Flash;

use Exception as BaseException;

/** Failures of messages for the user. */
class Exception extends BaseException
{
}
