<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Service;

use Throwable as BaseThrowable;

/** Marks every exception about services. */
interface Throwable extends BaseThrowable
{
}
