<?php

declare(strict_types=1);

namespace Phalcon\Cli;

use Phalcon\Cli\Router\RouteInterface;

/** What can be asked of the routes of a command-line application. */
interface RouterInterface
{
    public function add(string $pattern, $paths = null): RouteInterface;

    public function getActionName(): string;

    public function getMatchedRoute(): ?RouteInterface;

    public function getMatches(): array;

    public function getModuleName(): string;

    public function getParams(): array;

    public function getParameters(): array;

    public function getRouteById($id): RouteInterface|bool;

    public function getRouteByName(string $name): RouteInterface|bool;

    public function getRoutes(): array;

    public function getTaskName(): string;

    public function handle($arguments = null);

    public function setDefaultAction(string $actionName): RouterInterface;

    public function setDefaultModule(string $moduleName): RouterInterface;

    public function setDefaults(array $defaults): RouterInterface;

    public function setDefaultTask(string $taskName): RouterInterface;

    public function wasMatched(): bool;
}
