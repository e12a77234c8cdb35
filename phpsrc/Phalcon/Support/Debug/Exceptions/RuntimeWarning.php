<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Exceptions;

use ErrorException;

/** A warning or notice of PHP, as an exception. */
class RuntimeWarning extends ErrorException
{
}
