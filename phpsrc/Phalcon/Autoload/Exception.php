<?php

declare(strict_types=1);

namespace Phalcon\Autoload;

use Exception as BaseException;

/** Failures of the class loader. */
class Exception extends BaseException
{
}
