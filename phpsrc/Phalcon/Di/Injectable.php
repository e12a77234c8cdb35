<?php

declare(strict_types=1);

namespace Phalcon\Di;

use Phalcon\Di\Exceptions\ContainerRequired;
use stdClass;

/** Reaches the container's services as properties. */
abstract class Injectable extends stdClass implements InjectionAwareInterface
{
    protected $container = null;

    /** The service of this name, "di" for the container, "persistent" for the session bag of this class. */
    public function __get(string $propertyName)
    {
        $container = $this->getDI();
        if ($propertyName === 'di') {
            return $this->di = $container;
        }
        if ($propertyName === 'persistent') {
            return $this->persistent = $container->get('sessionBag', [static::class, $container]);
        }
        if ($container->has($propertyName)) {
            $service = $container->getShared($propertyName);
            if (property_exists($this, $propertyName)) {
                $this->$propertyName = $service;
            }

            return $service;
        }
        trigger_error("Access to undefined property $propertyName");

        return null;
    }

    public function __isset(string $name): bool
    {
        return $this->getDI()->has($name);
    }

    public function getDI(): DiInterface
    {
        if ($this->container === null) {
            $this->setDI(Di::getDefault() ?? throw new ContainerRequired());
        }

        return $this->container;
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }
}
