<?php

declare(strict_types=1);

namespace Phalcon\Factory;

/** What factories that make one of several services by name have in common. */
abstract class AbstractFactory extends AbstractConfigFactory
{
    protected $mapper = [];
    protected $services = [];

    /** The services that are there without being asked for: name => class. */
    abstract protected function getServices(): array;

    /** The class registered under this name. */
    protected function getService(string $name)
    {
        return $this->mapper[$name] ?? throw $this->getException("Service $name is not registered");
    }

    /** Registers the factory's own services, and these, which may replace them. */
    protected function init(array $services = []): void
    {
        foreach (array_merge($this->getServices(), $services) as $name => $service) {
            $this->mapper[$name] = $service;
            unset($this->services[$name]);
        }
    }
}
