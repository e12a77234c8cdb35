<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper;

use Phalcon\Support\Exception as SupportException;

/** Failures of helpers. */
class Exception extends SupportException
{
}
