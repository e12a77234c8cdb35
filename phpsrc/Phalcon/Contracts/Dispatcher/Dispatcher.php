<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Dispatcher;

/** Finds a handler class and calls its action, until nobody forwards any more. */
interface Dispatcher
{
    public function dispatch();

    public function forward(array $forward): void;

    public function getActionName(): string;

    public function getActionSuffix(): string;

    public function getHandlerSuffix(): string;

    public function getParam($param, $filters = null);

    public function getParameter($param, $filters = null);

    public function getParams(): array;

    public function getParameters(): array;

    public function getReturnedValue();

    public function hasParam($param): bool;

    public function isFinished(): bool;

    public function setActionName(string $actionName): void;

    public function setActionSuffix(string $actionSuffix): void;

    public function setDefaultAction(string $actionName): void;

    public function setDefaultNamespace(string $defaultNamespace): void;

    public function setHandlerSuffix(string $handlerSuffix): void;

    public function setModuleName(?string $moduleName = null): void;

    public function setNamespaceName(string $namespaceName): void;

    public function setParam($param, $value): void;

    public function setParams(array $params): void;
}
