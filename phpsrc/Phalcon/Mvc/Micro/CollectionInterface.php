<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro;

/** Routes with a handler object and a prefix in common. */
interface CollectionInterface
{
    public function delete(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function get(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function getHandler();

    public function getHandlers(): array;

    public function getPrefix(): string;

    public function head(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function isLazy(): bool;

    public function map(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function options(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function patch(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function post(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function put(string $routePattern, $handler, ?string $name = null): CollectionInterface;

    public function setHandler($handler, bool $isLazy = false): CollectionInterface;

    public function setLazy(bool $isLazy): CollectionInterface;

    public function setPrefix(string $prefix): CollectionInterface;
}
