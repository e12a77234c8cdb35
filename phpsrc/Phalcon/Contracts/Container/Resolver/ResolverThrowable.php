<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Resolver;

use Throwable;

/** Marks every exception of the resolver. */
interface ResolverThrowable extends Throwable
{
}
