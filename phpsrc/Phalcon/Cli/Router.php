<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cli;

use Phalcon\Cli\Router\Exceptions\BeforeMatchNotCallable;
use Phalcon\Cli\Router\Exceptions\RouterArgumentsInvalidType;
use Phalcon\Cli\Router\Route;
use Phalcon\Cli\Router\RouteInterface;
use Phalcon\Di\AbstractInjectionAware;

/** Finds the task, action and parameters that a command line stands for. The last route is tried first. */
class Router extends AbstractInjectionAware implements RouterInterface
{
    protected $action = '';
    protected $defaultAction = '';
    protected $defaultModule = '';
    protected $defaultParams = [];
    protected $defaultTask = '';
    protected $matchedRoute = null;
    protected $matches = [];
    protected $module = '';
    protected $params = [];
    protected $routes = [];
    protected $task = '';
    protected $wasMatched = false;

    public function __construct(bool $defaultRoutes = true)
    {
        if ($defaultRoutes) {
            $this->add('#^(?::delimiter)?([a-zA-Z0-9\_\-]+)[:delimiter]{0,1}$#', ['task' => 1]);
            $this->add(
                '#^(?::delimiter)?([a-zA-Z0-9\_\-]+):delimiter([a-zA-Z0-9\.\_]+)(:delimiter.*)?$#',
                ['task' => 1, 'action' => 2, 'params' => 3]
            );
        }
    }

    public function add(string $pattern, $paths = null): RouteInterface
    {
        $route = new Route($pattern, $paths);
        $this->routes[$route->getRouteId()] = $route;

        return $route;
    }

    public function getActionName(): string
    {
        return $this->action;
    }

    public function getMatchedRoute(): ?RouteInterface
    {
        return $this->matchedRoute;
    }

    public function getMatches(): array
    {
        return $this->matches;
    }

    public function getModuleName(): string
    {
        return $this->module;
    }

    public function getParameters(): array
    {
        return $this->params;
    }

    public function getParams(): array
    {
        return $this->getParameters();
    }

    public function getRouteById($id): RouteInterface|bool
    {
        return $this->routes[$id] ?? false;
    }

    public function getRouteByName(string $name): RouteInterface|bool
    {
        foreach ($this->routes as $route) {
            if ($route->getName() === $name) {
                return $route;
            }
        }

        return false;
    }

    public function getRoutes(): array
    {
        return $this->routes;
    }

    public function getTaskName(): string
    {
        return $this->task;
    }

    /** @param array|string|null $arguments the parts by their names, or a command line to match with the routes */
    public function handle($arguments = null)
    {
        $this->wasMatched = false;
        $this->matchedRoute = null;
        if (is_array($arguments)) {
            return $this->take($arguments);
        }
        if ($arguments !== null && !is_string($arguments)) {
            throw new RouterArgumentsInvalidType(gettype($arguments));
        }
        foreach (array_reverse($this->routes, true) as $route) {
            $parts = $this->partsOf($route, (string) $arguments);
            if ($parts !== null) {
                $this->matchedRoute = $route;
                $this->wasMatched = true;

                return $this->take($parts);
            }
        }
        $this->module = $this->defaultModule;
        $this->task = $this->defaultTask;
        $this->action = $this->defaultAction;
        $this->params = $this->defaultParams;

        return $this;
    }

    public function setDefaultAction(string $actionName): static
    {
        $this->defaultAction = $actionName;

        return $this;
    }

    public function setDefaultModule(string $moduleName): static
    {
        $this->defaultModule = $moduleName;

        return $this;
    }

    public function setDefaults(array $defaults): static
    {
        $this->defaultModule = $defaults['module'] ?? $this->defaultModule;
        $this->defaultTask = $defaults['task'] ?? $this->defaultTask;
        $this->defaultAction = $defaults['action'] ?? $this->defaultAction;
        $this->defaultParams = $defaults['params'] ?? $this->defaultParams;

        return $this;
    }

    public function setDefaultTask(string $taskName): static
    {
        $this->defaultTask = $taskName;

        return $this;
    }

    public function wasMatched(): bool
    {
        return $this->wasMatched;
    }

    /** What the route makes of the command line; null when it does not match. */
    private function partsOf(Route $route, string $arguments): ?array
    {
        $pattern = $route->getCompiledPattern();
        $matches = null;
        if (str_contains($pattern, '^') ? !preg_match($pattern, $arguments, $matches) : $pattern !== $arguments) {
            return null;
        }
        $beforeMatch = $route->getBeforeMatch();
        if ($beforeMatch !== null) {
            if (!is_callable($beforeMatch)) {
                throw new BeforeMatchNotCallable($route->getPattern());
            }
            if (!$beforeMatch($arguments, $route, $this)) {
                return null;
            }
        }
        $parts = $route->getPaths();
        if ($matches === null) {
            return $parts;
        }
        $converters = $route->getConverters();
        foreach ($parts as $name => $position) {
            $matched = is_int($position) || is_string($position) ? $matches[$position] ?? null : null;
            if (isset($converters[$name])) {
                $parts[$name] = $converters[$name]($matched ?? $position);
            } elseif ($matched !== null) {
                $parts[$name] = $matched;
            }
        }
        $this->matches = $matches;

        return $parts;
    }

    private function take(array $parts): static
    {
        $this->module = $parts['module'] ?? $this->defaultModule;
        $this->task = $parts['task'] ?? $this->defaultTask;
        $this->action = $parts['action'] ?? $this->defaultAction;
        $params = $parts['params'] ?? [];
        unset($parts['module'], $parts['task'], $parts['action'], $parts['params']);
        if (!is_array($params)) {
            // The first character is the delimiter in front of them.
            $params = substr((string) $params, 1);
            $params = $params ? explode(Route::getDelimiter(), $params) : [];
        }
        $this->params = $params === [] ? $parts : array_merge($params, $parts);

        return $this;
    }
}
