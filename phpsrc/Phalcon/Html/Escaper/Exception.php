<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

use Exception as BaseException;

/** Failures of escapers. */
class Exception extends BaseException
{
}
