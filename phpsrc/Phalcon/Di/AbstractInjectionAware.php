<?php

declare(strict_types=1);

namespace Phalcon\Di;

use stdClass;

/** What objects have in common that keep the container they came from. */
abstract class AbstractInjectionAware extends stdClass implements InjectionAwareInterface
{
    protected $container = null;

    public function getDI(): DiInterface
    {
        return $this->container;
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }
}
