<?php

declare(strict_types=1);

namespace Phalcon\Factory;

use Exception as BaseException;

/** Failures of factories. */
class Exception extends BaseException
{
}
