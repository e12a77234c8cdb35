<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router;

/** What can be asked of a route. */
interface RouteInterface
{
    public function compilePattern(string $pattern): string;

    public function convert(string $name, $converter): RouteInterface;

    public function getCompiledPattern(): string;

    public function getHostname(): ?string;

    public function getHttpMethods(): array|string|null;

    public function getName(): ?string;

    public function getPaths(): array;

    public function getPattern(): string;

    public function getReversedPaths(): array;

    public function getRouteId(): string;

    public function reConfigure(string $pattern, $paths = null): void;

    public static function reset(): void;

    public function setHostname(string $hostname): RouteInterface;

    public function setHttpMethods($httpMethods): RouteInterface;

    public function setName(string $name): RouteInterface;

    public function setRouteId(string $routeId): RouteInterface;

    public function via($httpMethods): RouteInterface;
}
