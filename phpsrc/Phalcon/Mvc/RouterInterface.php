<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

use Phalcon\Mvc\Router\GroupInterface;
use Phalcon\Mvc\Router\RouteInterface;

/** What can be asked of the routes of an application. */
interface RouterInterface
{
    public function add(string $pattern, $paths = null, $httpMethods = null, int $position = 1): RouteInterface;

    public function addConnect(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addDelete(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addGet(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addHead(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addOptions(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addPatch(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addPost(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addPurge(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addPut(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function addTrace(string $pattern, $paths = null, int $position = 1): RouteInterface;

    public function attach(RouteInterface $route, int $position = 1): RouterInterface;

    public function clear(): void;

    public function getActionName(): string;

    public function getControllerName(): string;

    public function getMatchedRoute(): ?RouteInterface;

    public function getMatches(): array;

    public function getModuleName(): string;

    public function getNamespaceName(): string;

    public function getParams(): array;

    public function getRouteById($routeId): RouteInterface|bool;

    public function getRouteByName(string $name): RouteInterface|bool;

    public function getRoutes(): array;

    public function handle(string $uri): void;

    public function loadFromConfig($config): RouterInterface;

    public function mount(GroupInterface $group): RouterInterface;

    public function setDefaultAction(string $actionName): RouterInterface;

    public function setDefaultController(string $controllerName): RouterInterface;

    public function setDefaultModule(string $moduleName): RouterInterface;

    public function setDefaults(array $defaults): RouterInterface;

    public function wasMatched(): bool;
}
