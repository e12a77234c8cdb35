<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Resolver;

use Phalcon\Contracts\Container\Ioc\IocContainer;
use ReflectionMethod;
use ReflectionType;

/** Makes objects and calls functions whose arguments it finds itself. */
interface ResolverService extends ReflectionParameterResolver
{
    public function isResolvableClass(string $className): bool;

    public function resolveCall(IocContainer $ioc, $callableObject, array $arguments): mixed;

    public function resolveClass(IocContainer $ioc, string $className, array $arguments): object;

    public function resolveMethod(IocContainer $ioc, ReflectionMethod $method, $instance): void;

    public function resolveParameters(IocContainer $ioc, array $parameters, array $arguments): array;

    public function resolveType(IocContainer $ioc, ReflectionType $type): mixed;
}
