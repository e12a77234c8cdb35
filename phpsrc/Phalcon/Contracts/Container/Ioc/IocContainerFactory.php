<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Ioc;

/** Makes a container. */
interface IocContainerFactory
{
    public function newContainer(): IocContainer;
}
