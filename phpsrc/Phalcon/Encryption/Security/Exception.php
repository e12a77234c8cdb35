<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security;

use Exception as BaseException;

/** Failures of passwords, tokens and random values. */
class Exception extends BaseException
{
}
