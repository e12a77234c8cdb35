<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

use Exception as BaseException;

/** Failures of encryption. */
class Exception extends BaseException
{
}
