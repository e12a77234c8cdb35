<?php

declare(strict_types=1);

namespace Phalcon\Di;

/** A service that gets the container it comes from. */
interface InjectionAwareInterface
{
    public function setDI(DiInterface $container): void;

    public function getDI(): DiInterface;
}
