<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Router;

/**
 * Routes with a prefix, a host name or paths in common, to be mounted in a router.
 *
 * A subclass may have a method initialize($paths) that adds its routes.
 */
class Group implements GroupInterface
{
    protected $beforeMatch = null;
    protected $hostname = null;
    protected $paths = null;
    protected $prefix = null;
    protected $routes = [];

    public function __construct($paths = null)
    {
        if (is_array($paths) || is_string($paths)) {
            $this->paths = $paths;
        }
        if (method_exists($this, 'initialize')) {
            $this->initialize($paths);
        }
    }

    public function add(string $pattern, $paths = null, $httpMethods = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, $httpMethods);
    }

    public function addConnect(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'CONNECT');
    }

    public function addDelete(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'DELETE');
    }

    public function addGet(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'GET');
    }

    public function addHead(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'HEAD');
    }

    public function addOptions(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'OPTIONS');
    }

    public function addPatch(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'PATCH');
    }

    public function addPost(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'POST');
    }

    public function addPurge(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'PURGE');
    }

    public function addPut(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'PUT');
    }

    public function addTrace(string $pattern, $paths = null): RouteInterface
    {
        return $this->addRoute($pattern, $paths, 'TRACE');
    }

    /** For all routes of the group; see Route::beforeMatch(). */
    public function beforeMatch($beforeMatch): GroupInterface
    {
        $this->beforeMatch = $beforeMatch;

        return $this;
    }

    public function clear(): void
    {
        $this->routes = [];
    }

    public function getBeforeMatch()
    {
        return $this->beforeMatch;
    }

    public function getHostname(): ?string
    {
        return $this->hostname;
    }

    public function getPaths(): array|string|null
    {
        return $this->paths;
    }

    public function getPrefix(): ?string
    {
        return $this->prefix;
    }

    public function getRoutes(): array
    {
        return $this->routes;
    }

    public function setHostname(string $hostname): GroupInterface
    {
        $this->hostname = $hostname;

        return $this;
    }

    public function setPaths($paths): GroupInterface
    {
        $this->paths = $paths;

        return $this;
    }

    public function setPrefix(string $prefix): GroupInterface
    {
        $this->prefix = $prefix;

        return $this;
    }

    protected function addRoute(string $pattern, $paths = null, $httpMethods = null): RouteInterface
    {
        if (is_array($this->paths)) {
            $own = is_string($paths) ? Route::getRoutePaths($paths) : $paths;
            $paths = is_array($own) ? array_merge($this->paths, $own) : $this->paths;
        }
        $route = new Route($this->prefix . $pattern, $paths, $httpMethods);
        $route->setGroup($this);
        $this->routes[] = $route;

        return $route;
    }
}
