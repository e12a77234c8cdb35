<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Container\Service;

/** Adds services to a container. */
interface Provider
{
    public function provide(Collection $services): void;
}
