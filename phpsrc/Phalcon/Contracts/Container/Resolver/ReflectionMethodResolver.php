<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Resolver;

use Phalcon\Contracts\Container\Ioc\IocContainer;
use ReflectionMethod;

/** Finds the arguments of a method. */
interface ReflectionMethodResolver
{
    public function resolveMethod(IocContainer $ioc, ReflectionMethod $method, $instance): void;
}
