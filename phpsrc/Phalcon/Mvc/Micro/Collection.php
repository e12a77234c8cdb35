<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro;

/** Routes with a handler object and a prefix in common; Micro::mount() registers them. */
class Collection implements CollectionInterface
{
    protected $handler = null;
    protected $handlers = [];
    protected $isLazy = false;
    protected $prefix = '';

    public function delete(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('DELETE', $routePattern, $handler, $name);

        return $this;
    }

    public function get(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('GET', $routePattern, $handler, $name);

        return $this;
    }

    public function getHandler()
    {
        return $this->handler;
    }

    public function getHandlers(): array
    {
        return $this->handlers;
    }

    public function getPrefix(): string
    {
        return $this->prefix;
    }

    public function head(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('HEAD', $routePattern, $handler, $name);

        return $this;
    }

    public function isLazy(): bool
    {
        return $this->isLazy;
    }

    /** For every HTTP method. */
    public function map(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap(null, $routePattern, $handler, $name);

        return $this;
    }

    /** For one HTTP method, or a list of them. */
    public function mapVia(string $routePattern, $handler, $method, ?string $name = null): CollectionInterface
    {
        $this->addMap($method, $routePattern, $handler, $name);

        return $this;
    }

    public function options(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('OPTIONS', $routePattern, $handler, $name);

        return $this;
    }

    public function patch(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('PATCH', $routePattern, $handler, $name);

        return $this;
    }

    public function post(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('POST', $routePattern, $handler, $name);

        return $this;
    }

    public function put(string $routePattern, $handler, ?string $name = null): CollectionInterface
    {
        $this->addMap('PUT', $routePattern, $handler, $name);

        return $this;
    }

    /** The object whose methods are the handlers, or, lazily, its class. */
    public function setHandler($handler, bool $isLazy = false): CollectionInterface
    {
        $this->handler = $handler;
        $this->isLazy = $isLazy;

        return $this;
    }

    public function setLazy(bool $isLazy): CollectionInterface
    {
        $this->isLazy = $isLazy;

        return $this;
    }

    public function setPrefix(string $prefix): CollectionInterface
    {
        $this->prefix = $prefix;

        return $this;
    }

    protected function addMap($method, string $routePattern, $handler, ?string $name = null): void
    {
        $this->handlers[] = [$method, $routePattern, $handler, $name];
    }
}
