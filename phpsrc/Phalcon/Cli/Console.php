<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cli;

use Phalcon\Application\AbstractApplication;
use Phalcon\Application\ModuleLoading;
use Phalcon\Cli\Console\Exceptions\ContainerRequired;
use Phalcon\Cli\Console\Exceptions\InvalidModuleDefinition;
use Phalcon\Cli\Console\Exceptions\ModuleDefinitionPathNotFound;
use Phalcon\Cli\Router\Route;
use Phalcon\Traits\Php\FileTrait;

/** A command line application: routes arguments, starts the module and dispatches to the task. */
class Console extends AbstractApplication
{
    use FileTrait;
    use ModuleLoading;

    protected $arguments = [];
    protected $options = [];

    /**
     * The task; false when a listener ended it.
     *
     * @param array|null $arguments "module", "task", "action" and parameters; without any, those of setArgument()
     */
    public function handle(?array $arguments = [])
    {
        $container = $this->container ?? throw new ContainerRequired();
        if ($this->isStopped('console:boot')) {
            return false;
        }
        $router = $container->getShared('router');
        $router->handle(($arguments ?: $this->arguments) ?: $arguments);
        $moduleName = $router->getModuleName() ?: $this->defaultModule;
        if ($moduleName && !$this->startModule($moduleName)) {
            return false;
        }
        $dispatcher = $container->getShared('dispatcher');
        $dispatcher->setModuleName($moduleName);
        $dispatcher->setTaskName($router->getTaskName());
        $dispatcher->setActionName($router->getActionName());
        $dispatcher->setParams($router->getParameters());
        $dispatcher->setOptions($this->options);
        if ($this->isStopped('console:beforeHandleTask', $dispatcher)) {
            return false;
        }
        $task = $dispatcher->dispatch();
        $this->eventsManager?->fire('console:afterHandleTask', $this, $task);

        return $task;
    }

    /**
     * Takes a command line apart: "--name=value", "--name" and "-x" are options, the rest is for the router.
     *
     * @param bool $str whether the router gets one string, else "task", "action" and parameters
     * @param bool $shift whether the first one is the script's name
     */
    public function setArgument(?array $arguments = [], bool $str = true, bool $shift = true): static
    {
        $arguments ??= [];
        if ($shift) {
            array_shift($arguments);
        }
        $rest = [];
        $this->options = [];
        foreach ($arguments as $argument) {
            if (is_string($argument) && str_starts_with($argument, '--')) {
                $parts = explode('=', substr($argument, 2), 2);
                $this->options[trim($parts[0])] = isset($parts[1]) ? trim($parts[1]) : true;
            } elseif (is_string($argument) && str_starts_with($argument, '-')) {
                $this->options[substr($argument, 1)] = true;
            } else {
                $rest[] = $argument;
            }
        }
        $this->arguments = $str ? implode(Route::getDelimiter(), $rest) : $this->named($rest);

        return $this;
    }

    /** The first two are the task and the action. */
    private function named(array $arguments): array
    {
        $named = [];
        foreach (['task', 'action'] as $name) {
            if ($arguments !== []) {
                $named[$name] = array_shift($arguments);
            }
        }

        return array_merge($named, $arguments);
    }

    private function isStopped(string $event, mixed $data = null): bool
    {
        return $this->eventsManager?->fire($event, $this, $data) === false;
    }

    private function startModule(string $name): bool
    {
        if ($this->isStopped('console:beforeStartModule', $name)) {
            return false;
        }
        $module = $this->loadModule(
            $name,
            $this->container,
            InvalidModuleDefinition::class,
            ModuleDefinitionPathNotFound::class,
        );

        return !$this->isStopped('console:afterStartModule', $module);
    }
}
