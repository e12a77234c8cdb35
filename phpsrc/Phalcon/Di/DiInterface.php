<?php

declare(strict_types=1);

namespace Phalcon\Di;

use ArrayAccess;

/** A service container. */
interface DiInterface extends ArrayAccess
{
    public function attempt(string $name, $definition, bool $shared = false): ServiceInterface|bool;

    public function get(string $name, $parameters = null);

    public static function getDefault(): ?DiInterface;

    public function getRaw(string $name);

    public function getService(string $name): ServiceInterface;

    public function getServices(): array;

    public function getShared(string $name, $parameters = null);

    public function has(string $name): bool;

    public function hasShared(string $name): bool;

    public function remove(string $name): void;

    public function removeShared(string $name): void;

    public static function reset(): void;

    public function set(string $name, $definition, bool $shared = false): ServiceInterface;

    public static function setDefault(DiInterface $container): void;

    public function setService(string $name, ServiceInterface $rawDefinition): ServiceInterface;

    public function setShared(string $name, $definition): ServiceInterface;
}
