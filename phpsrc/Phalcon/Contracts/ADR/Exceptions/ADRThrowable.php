<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Exceptions;

use Throwable;

/** Marks every exception of the ADR component. */
interface ADRThrowable extends Throwable
{
}
