<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use Exception;
use Phalcon\Dispatcher\AbstractDispatcher;
use Phalcon\Mvc\Dispatcher\Exception as DispatcherException;
use Phalcon\Mvc\Dispatcher\Exceptions\ResponseServiceUnavailable;

/** Runs controllers. What it finds wrong goes to dispatch:beforeException and makes the response a 404. */
class Dispatcher extends AbstractDispatcher implements DispatcherInterface
{
    protected $defaultAction = 'index';
    protected $defaultHandler = 'index';
    protected $handlerSuffix = 'Controller';

    public function forward(array $forward): void
    {
        $this->eventsManager?->fire('dispatch:beforeForward', $this, $forward);
        parent::forward($forward);
    }

    public function getActiveController()
    {
        return $this->activeHandler;
    }

    public function getControllerClass(): string
    {
        return $this->getHandlerClass();
    }

    public function getControllerName(): string
    {
        return $this->handlerName;
    }

    /** The last controller that an action was called of. */
    public function getLastController()
    {
        return $this->lastHandler;
    }

    public function getPreviousControllerName(): string
    {
        return $this->previousHandlerName;
    }

    public function setControllerName(string $controllerName): DispatcherInterface
    {
        $this->handlerName = $controllerName;

        return $this;
    }

    public function setControllerSuffix(string $controllerSuffix): DispatcherInterface
    {
        $this->handlerSuffix = $controllerSuffix;

        return $this;
    }

    public function setDefaultController(string $controllerName): DispatcherInterface
    {
        $this->defaultHandler = $controllerName;

        return $this;
    }

    protected function handleException(Exception $exception)
    {
        return $this->eventsManager?->fire('dispatch:beforeException', $this, $exception) === false ? false : null;
    }

    protected function throwDispatchException(string $message, int $exceptionCode = 0)
    {
        if ($this->container === null) {
            throw new ResponseServiceUnavailable();
        }
        $this->container->getShared('response')->setStatusCode(404, 'Not Found');
        $exception = new DispatcherException($message, $exceptionCode);

        return $this->handleException($exception) === false ? false : throw $exception;
    }
}
