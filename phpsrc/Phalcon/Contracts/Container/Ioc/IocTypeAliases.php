<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Ioc;

/** Holds type aliases for static analysers. */
interface IocTypeAliases
{
}
