<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Ioc;

/** A container that other libraries can ask for services. */
interface IocContainer
{
    public function hasService(string $serviceName): bool;

    public function getService(string $serviceName): object;
}
