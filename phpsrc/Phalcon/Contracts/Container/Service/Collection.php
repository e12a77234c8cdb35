<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Service;

use Closure;
use Phalcon\Container\Definition\ServiceDefinition;
use Phalcon\Container\Resolver\Resolver;
use Phalcon\Contracts\Container\Ioc\IocContainer;

/** The definitions, instances, parameters and aliases of a container. */
interface Collection extends IocContainer
{
    public function getAlias(string $name): string;

    public function hasAlias(string $name): bool;

    public function setAlias(string $name, string $alias): static;

    public function unsetAlias(string $name): void;

    public function getDefinition(string $name): ServiceDefinition;

    public function hasDefinition(string $name): bool;

    public function newDefinition(string $name): ServiceDefinition;

    public function setDefinition(string $name, ServiceDefinition $definition): static;

    public function unsetDefinition(string $name): void;

    public function getInstance(string $name): object;

    public function hasInstance(string $name): bool;

    public function setInstance(string $name, $instance, string $lifetime): static;

    public function unsetInstance(string $name): void;

    public function unsetInstances(string $lifetime): void;

    public function getParameter(string $name): mixed;

    public function hasParameter(string $name): bool;

    public function setParameter(string $name, $value): static;

    public function unsetParameter(string $name): void;

    public function bind(string $interfaceName, string $concrete): ServiceDefinition;

    public function callableGet(string $name): Closure;

    public function callableNew(string $name): Closure;

    public function extend(string $name, $callableObject): void;

    public function get(string $name): mixed;

    public function getByTag(string $tag): array;

    public function getResolver(): Resolver;

    public function has(string $name): bool;

    public function isAutowireEnabled(): bool;

    public function new(string $name): mixed;

    public function set(string $name, $definition): ServiceDefinition;

    public function setAutowire(bool $enabled): static;
}
