<?php

declare(strict_types=1);

namespace Phalcon\Config;

use Exception as BaseException;

/** Failures of configurations. */
class Exception extends BaseException
{
}
