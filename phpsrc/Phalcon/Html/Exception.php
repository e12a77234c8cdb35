<?php

declare(strict_types=1);

namespace Phalcon\Html;

use Exception as BaseException;

/** Failures of the helpers that make HTML. */
class Exception extends BaseException
{
}
