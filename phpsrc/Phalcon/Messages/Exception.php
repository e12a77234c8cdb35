<?php

declare(strict_types=1);

namespace Phalcon\Messages;

use Exception as BaseException;

/** Failures of messages. */
class Exception extends BaseException
{
}
