<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Service;

use Phalcon\Contracts\Container\Ioc\IocContainer;

/** How a service is made, extended and for how long it lives. */
interface Definition
{
    public function addExtender($extender): static;

    public function buildService(IocContainer $ioc): object;

    public function getClass(): string;

    public function getExtenders(): array;

    public function getFactory();

    public function getLifetime(): string;

    public function getServiceName(): string;

    public function hasClass(): bool;

    public function hasExtenders(): bool;

    public function hasFactory(): bool;

    public function setClass(string $className): static;

    public function setExtenders(array $extenders): static;

    public function setFactory($factory): static;

    public function setLifetime(string $lifetime): static;

    public function unsetClass(): static;

    public function unsetExtenders(): static;

    public function unsetFactory(): static;
}
