<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Service;

/** A container that can name its services. */
interface Enumerable
{
    public function getServiceNames(): array;
}
