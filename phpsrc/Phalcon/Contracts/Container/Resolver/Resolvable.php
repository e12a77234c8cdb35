<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Resolver;

use Phalcon\Contracts\Container\Ioc\IocContainer;

/** A value that is only known when it is asked for. */
interface Resolvable
{
    public function resolve(IocContainer $ioc): mixed;
}
