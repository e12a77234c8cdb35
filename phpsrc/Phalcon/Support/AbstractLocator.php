<?php

declare(strict_types=1);

namespace Phalcon\Support;

use Phalcon\Di\DiInterface;
use TypeError;

/** Names classes of one kind, whose instances a container has. */
abstract class AbstractLocator
{
    protected $container = null;
    protected $services = [];

    public function __construct($container, array $services = [])
    {
        if (!$container instanceof Collection && !$container instanceof DiInterface) {
            throw new TypeError('The parameter must be an instance of Collection or DiInterface');
        }
        $this->container = $container;
        $this->services = $this->getServices();
        foreach ($services as $name => $definition) {
            $this->register($name, $definition);
        }
    }

    /** name => class */
    public function getAll(): array
    {
        return $this->services;
    }

    public function getClass(string $name): string
    {
        return $this->getService($name);
    }

    public function has(string $name): bool
    {
        return isset($this->services[$name]);
    }

    /** The container's instance of the class. */
    public function newInstance(string $name): object
    {
        $class = $this->getService($name);
        if (!$this->container->has($class)) {
            throw $this->exception("Service $name was not found in the DI container");
        }

        return $this->container instanceof DiInterface
            ? $this->container->getShared($class)
            : $this->container->get($class);
    }

    /** Adds a class, which has to be of the locator's kind. */
    public function register(string $name, string $definition): static
    {
        $interface = $this->getInterfaceClass();
        if (!is_subclass_of($definition, $interface)) {
            throw $this->exception("Definition $definition must implement $interface");
        }
        $this->services[$name] = $definition;

        return $this;
    }

    /** What the locator throws. */
    abstract protected function getExceptionClass(): string;

    /** The kind of the classes: an interface or a parent. */
    abstract protected function getInterfaceClass(): string;

    protected function getService(string $name): string
    {
        return $this->services[$name] ?? throw $this->exception("Service $name is not registered");
    }

    /** The classes that are there without being registered: name => class. */
    abstract protected function getServices(): array;

    private function exception(string $message): \Throwable
    {
        $class = $this->getExceptionClass();

        return new $class($message);
    }
}
