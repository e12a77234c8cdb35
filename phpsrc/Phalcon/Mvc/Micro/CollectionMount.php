<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro;

use Phalcon\Mvc\Micro\Exceptions\InvalidRegisteredHandler;
use Phalcon\Mvc\Micro\Exceptions\MissingCollectionMainHandler;
use Phalcon\Mvc\Micro\Exceptions\NoHandlersToMount;

/** What a collection comes to when it is mounted. */
final class CollectionMount
{
    public function __construct(private readonly CollectionInterface $collection)
    {
    }

    /** @return iterable<array{string|list<string>|null, string, array, ?string}> methods, pattern, handler and name */
    public function routes(): iterable
    {
        $handler = $this->collection->getHandler() ?: throw new MissingCollectionMainHandler();
        $routes = $this->collection->getHandlers() ?: throw new NoHandlersToMount();
        if ($this->collection->isLazy()) {
            $handler = new LazyLoader($handler);
        }
        $prefix = $this->collection->getPrefix();
        foreach ($routes as $route) {
            if (!is_array($route)) {
                throw new InvalidRegisteredHandler();
            }
            [$methods, $pattern, $method, $name] = $route;
            yield [
                is_array($methods) || (is_string($methods) && $methods !== '') ? $methods : null,
                $prefix !== '' && $pattern === '/' ? $prefix : $prefix . $pattern,
                [$handler, $method],
                is_string($name) ? $name : null,
            ];
        }
    }
}
