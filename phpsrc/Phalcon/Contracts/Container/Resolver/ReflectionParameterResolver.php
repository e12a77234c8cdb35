<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Resolver;

use Phalcon\Contracts\Container\Ioc\IocContainer;
use ReflectionParameter;

/** Finds the argument of a parameter. */
interface ReflectionParameterResolver
{
    public function resolveParameter(IocContainer $ioc, ReflectionParameter $parameter): mixed;
}
