<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Mvc;

use Phalcon\Contracts\Dispatcher\Dispatcher as DispatcherDispatcher;
use Phalcon\Mvc\ControllerInterface;

/** Runs the controllers of a web application. */
interface Dispatcher extends DispatcherDispatcher
{
    /** @return ControllerInterface|null or what else was found under the name */
    public function getActiveController();

    public function getControllerName(): string;

    /** @return ControllerInterface|null or what else was found under the name */
    public function getLastController();

    public function setControllerName(string $controllerName): DispatcherDispatcher;

    public function setControllerSuffix(string $controllerSuffix): DispatcherDispatcher;

    public function setDefaultController(string $controllerName): DispatcherDispatcher;
}
