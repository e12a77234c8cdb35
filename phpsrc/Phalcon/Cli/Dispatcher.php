<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cli;

use Exception;
use Phalcon\Cli\Dispatcher\Exception as DispatcherException;
use Phalcon\Dispatcher\AbstractDispatcher;

/** Runs tasks. Actions get the options of the command line as named arguments behind the parameters. */
class Dispatcher extends AbstractDispatcher implements DispatcherInterface
{
    protected $defaultHandler = 'main';
    protected $defaultAction = 'main';
    protected $handlerSuffix = 'Task';
    protected $options = [];

    public function callActionMethod($handler, string $actionMethod, array $params = [])
    {
        return [$handler, $actionMethod](...array_merge(array_values($params), $this->options));
    }

    public function getActiveTask()
    {
        return $this->activeHandler;
    }

    /** The last task that an action was called of. */
    public function getLastTask()
    {
        return $this->lastHandler;
    }

    /** The option, sanitized by the filters if there are any. */
    public function getOption($option, $filters = null, $defaultValue = null)
    {
        if (!array_key_exists($option, $this->options)) {
            return $defaultValue;
        }
        if ($filters === null) {
            return $this->options[$option];
        }
        if ($this->container === null) {
            $this->throwDispatchException(
                "A dependency injection container is required to access the 'filter' service",
                DispatcherException::EXCEPTION_NO_DI,
            );
        }

        return $this->container->getShared('filter')->sanitize($this->options[$option], $filters);
    }

    public function getOptions(): array
    {
        return $this->options;
    }

    public function getTaskName(): string
    {
        return $this->handlerName;
    }

    public function getTaskSuffix(): string
    {
        return $this->handlerSuffix;
    }

    public function hasOption($option): bool
    {
        return array_key_exists($option, $this->options);
    }

    public function setDefaultTask(string $taskName): void
    {
        $this->defaultHandler = $taskName;
    }

    public function setOptions(array $options): void
    {
        $this->options = $options;
    }

    public function setTaskName(string $taskName): void
    {
        $this->handlerName = $taskName;
    }

    public function setTaskSuffix(string $taskSuffix): void
    {
        $this->handlerSuffix = $taskSuffix;
    }

    protected function handleException(Exception $exception)
    {
        return $this->eventsManager?->fire('dispatch:beforeException', $this, $exception) === false ? false : null;
    }

    protected function throwDispatchException(string $message, int $exceptionCode = 0)
    {
        $exception = new DispatcherException($message, $exceptionCode);

        return $this->handleException($exception) === false ? false : throw $exception;
    }
}
