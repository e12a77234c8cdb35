<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Router;

use Phalanx\Phalcon\Routing\Pattern;
use Phalanx\Phalcon\Routing\ShortPaths;
use Phalcon\Mvc\Router\Exceptions\InvalidRoutePaths;

/** A pattern of paths, and the controller, action and parameters that stand for what matches it. */
class Route implements RouteInterface
{
    protected $beforeMatch = null;
    protected $compiledHostName = false;
    protected $compiledPattern = null;
    protected $converters = [];
    protected $group = null;
    protected $hostname = null;
    protected $match = null;
    protected $methods = [];
    protected $name = null;
    protected $paths = [];
    protected $pattern = null;
    protected $routeId = '';
    protected static $uniqueId = 0;

    /** @param array|string|null $paths "Module::Controller::action", or names with values or numbers of groups */
    public function __construct(string $pattern, $paths = null, $httpMethods = null)
    {
        $this->reConfigure($pattern, $paths);
        $this->via($httpMethods);
        $this->routeId = (string) self::$uniqueId++;
    }

    /** What is asked, with path, route and router, before the route is taken; false: it does not match. */
    public function beforeMatch($callback): RouteInterface
    {
        $this->beforeMatch = $callback;

        return $this;
    }

    /** The regular expression of a pattern, or the pattern where it has no groups or classes. */
    public function compilePattern(string $pattern): string
    {
        if (str_contains($pattern, ':')) {
            $name = '/([\w0-9\_\-]+)';
            // By turns, not by strtr(): "/:namespace" starts as no other does, and the order is part of the behaviour.
            $pattern = str_replace(
                ['/:module', '/:controller', '/:namespace', '/:action', '/:params', '/:int'],
                [$name, $name, $name, $name, '(/.*)?', '/([0-9]+)'],
                $pattern
            );
        }

        return strpbrk($pattern, '([') === false ? $pattern : "#^$pattern$#u";
    }

    /** Has what matched a name go through a callback. */
    public function convert(string $name, $converter): RouteInterface
    {
        $this->converters[$name] = $converter;

        return $this;
    }

    /** @return array{string, array<string, int>}|false groups in place of "{name}" and "{name:expression}" */
    public function extractNamedParams(string $pattern): array|bool
    {
        return $pattern === '' ? false : Pattern::withGroups($pattern, '([^/]*)', '.+|#');
    }

    public function getBeforeMatch()
    {
        return $this->beforeMatch;
    }

    /** The host name's regular expression; null when it has none. */
    public function getCompiledHostName(): ?string
    {
        if ($this->compiledHostName !== false) {
            return $this->compiledHostName;
        }
        $host = $this->hostname;
        if ($host === null || !str_contains($host, '(')) {
            $host = null;
        } elseif (!str_contains($host, '#')) {
            $host = "#^$host" . (str_contains($host, ':') ? '' : '(:[[:digit:]]+)?') . '$#i';
        }

        return $this->compiledHostName = $host;
    }

    public function getCompiledPattern(): string
    {
        return $this->compiledPattern;
    }

    public function getConverters(): array
    {
        return $this->converters;
    }

    public function getGroup(): ?GroupInterface
    {
        return $this->group;
    }

    public function getHostname(): ?string
    {
        return $this->hostname;
    }

    public function getHttpMethods(): array|string|null
    {
        return $this->methods;
    }

    public function getMatch()
    {
        return $this->match;
    }

    public function getName(): ?string
    {
        return $this->name;
    }

    public function getPaths(): array
    {
        return $this->paths;
    }

    public function getPattern(): string
    {
        return $this->pattern;
    }

    /** @return array<array-key, string> the names by their values */
    public function getReversedPaths(): array
    {
        return array_flip($this->paths);
    }

    public function getRouteId(): string
    {
        return $this->routeId;
    }

    /** The paths as an array; "Some\Name\Controller::action" has a namespace. */
    public static function getRoutePaths($paths = null): array
    {
        if (is_string($paths)) {
            return ShortPaths::parse($paths, 'controller');
        }
        if ($paths !== null && !is_array($paths)) {
            throw new InvalidRoutePaths();
        }

        return $paths ?? [];
    }

    public function match($callback): RouteInterface
    {
        $this->match = $callback;

        return $this;
    }

    /** A pattern that starts with "#" is a regular expression as it is. */
    public function reConfigure(string $pattern, $paths = null): void
    {
        $routePaths = self::getRoutePaths($paths);
        $this->pattern = $pattern;
        if (!str_starts_with($pattern, '#')) {
            if (str_contains($pattern, '{')) {
                [$pattern, $groups] = $this->extractNamedParams($pattern);
                $routePaths = array_merge($routePaths, $groups);
            }
            $pattern = $this->compilePattern($pattern);
        }
        $this->compiledPattern = $pattern;
        $this->paths = $routePaths;
    }

    /** Has the numbers of new routes start from 0 again. The counter is process-wide. */
    public static function reset(): void
    {
        self::$uniqueId = 0;
    }

    public function setGroup(GroupInterface $group): RouteInterface
    {
        $this->group = $group;

        return $this;
    }

    public function setHostname(string $hostname): RouteInterface
    {
        $this->hostname = $hostname;
        $this->compiledHostName = false;

        return $this;
    }

    public function setHttpMethods($httpMethods): RouteInterface
    {
        return $this->via($httpMethods);
    }

    public function setName(string $name): RouteInterface
    {
        $this->name = $name;

        return $this;
    }

    public function setRouteId(string $routeId): RouteInterface
    {
        $this->routeId = $routeId;

        return $this;
    }

    /** @param array|string|null $httpMethods null: all */
    public function via($httpMethods): RouteInterface
    {
        $this->methods = $httpMethods;

        return $this;
    }
}
