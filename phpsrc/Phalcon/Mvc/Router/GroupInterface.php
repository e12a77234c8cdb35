<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router;

/** What can be asked of routes that have things in common. */
interface GroupInterface
{
    public function add(string $pattern, $paths = null, $httpMethods = null): RouteInterface;

    public function addConnect(string $pattern, $paths = null): RouteInterface;

    public function addDelete(string $pattern, $paths = null): RouteInterface;

    public function addGet(string $pattern, $paths = null): RouteInterface;

    public function addHead(string $pattern, $paths = null): RouteInterface;

    public function addOptions(string $pattern, $paths = null): RouteInterface;

    public function addPatch(string $pattern, $paths = null): RouteInterface;

    public function addPost(string $pattern, $paths = null): RouteInterface;

    public function addPurge(string $pattern, $paths = null): RouteInterface;

    public function addPut(string $pattern, $paths = null): RouteInterface;

    public function addTrace(string $pattern, $paths = null): RouteInterface;

    public function beforeMatch($beforeMatch): GroupInterface;

    public function clear(): void;

    public function getBeforeMatch();

    public function getHostname(): ?string;

    public function getPaths(): array|string|null;

    public function getPrefix(): ?string;

    public function getRoutes(): array;

    public function setHostname(string $hostname): GroupInterface;

    public function setPaths($paths): GroupInterface;

    public function setPrefix(string $prefix): GroupInterface;
}
