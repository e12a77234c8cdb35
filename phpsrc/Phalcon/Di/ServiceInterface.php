<?php

declare(strict_types=1);

namespace Phalcon\Di;

/** One service of a container. */
interface ServiceInterface
{
    public function getDefinition();

    public function getParameter(int $position);

    public function isResolved(): bool;

    public function isShared(): bool;

    public function resolve($parameters = null, ?DiInterface $container = null);

    public function setDefinition($definition);

    public function setParameter(int $position, array $parameter): ServiceInterface;

    public function setShared(bool $shared);
}
