<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Application;

use Phalcon\Application\Exceptions\ModuleNotRegistered;
use Phalcon\Di\DiInterface;
use Phalcon\Di\Injectable;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;

/** What applications have in common: a container, modules and listeners. */
abstract class AbstractApplication extends Injectable implements EventsAwareInterface
{
    protected $defaultModule = '';
    protected $eventsManager = null;
    protected $modules = [];

    public function __construct(?DiInterface $container = null)
    {
        if ($container !== null) {
            $this->container = $container;
        }
    }

    /** A clone can get a container of its own. */
    public function __clone()
    {
        unset($this->di, $this->persistent);
    }

    public function getDefaultModule(): string
    {
        return $this->defaultModule;
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    /** @return array|object unless something else was registered: handle() refuses that */
    public function getModule(string $name)
    {
        return $this->modules[$name] ?? throw new ModuleNotRegistered($name);
    }

    public function getModules(): array
    {
        return $this->modules;
    }

    /** Each module is ["className" => ..., "path" => ...] or a closure that gets the container. */
    public function registerModules(array $modules, bool $merge = false): static
    {
        $this->modules = $merge ? array_merge($this->modules, $modules) : $modules;

        return $this;
    }

    public function setDefaultModule(string $defaultModule): static
    {
        $this->defaultModule = $defaultModule;

        return $this;
    }

    /** Makes it the container's "eventsManager", too. */
    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->getDI()->set('eventsManager', $eventsManager);
        $this->eventsManager = $eventsManager;
    }
}
