<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Ioc;

use Throwable;

/** Marks every exception of a container. */
interface IocThrowable extends Throwable
{
}
