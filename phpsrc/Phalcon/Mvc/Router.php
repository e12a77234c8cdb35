<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use Phalanx\Phalcon\Routing\Dump;
use Phalanx\Phalcon\Routing\Index;
use Phalcon\Cache\Adapter\AdapterInterface;
use Phalcon\Config\ConfigInterface;
use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Phalcon\Mvc\Router\Exception;
use Phalcon\Mvc\Router\Exceptions\BeforeMatchNotCallable;
use Phalcon\Mvc\Router\Exceptions\ConfigKeyMustBeArray;
use Phalcon\Mvc\Router\Exceptions\EmptyGroupOfRoutes;
use Phalcon\Mvc\Router\Exceptions\GroupRoutesMustBeArray;
use Phalcon\Mvc\Router\Exceptions\InvalidConfigSource;
use Phalcon\Mvc\Router\Exceptions\InvalidNotFoundPaths;
use Phalcon\Mvc\Router\Exceptions\InvalidRoutePosition;
use Phalcon\Mvc\Router\Exceptions\MissingGroupRouteKey;
use Phalcon\Mvc\Router\Exceptions\MissingRouteConfigKey;
use Phalcon\Mvc\Router\Exceptions\RequestServiceUnavailable;
use Phalcon\Mvc\Router\Exceptions\UnknownHttpMethod;
use Phalcon\Mvc\Router\Exceptions\WrongPathsKey;
use Phalcon\Mvc\Router\Group;
use Phalcon\Mvc\Router\GroupInterface;
use Phalcon\Mvc\Router\Route;
use Phalcon\Mvc\Router\RouteInterface;
use Phalcon\Traits\Php\FileTrait;

/**
 * Finds the controller, action and parameters that a path stands for. Routes that were added last are tried first.
 *
 * Of a large table only those routes are tried that can match the path (see Index); with listeners, that hear of each
 * route, all are.
 */
class Router extends AbstractInjectionAware implements EventsAwareInterface, RouterInterface
{
    use FileTrait;

    public const POSITION_FIRST = 0;
    public const POSITION_LAST = 1;
    public const REGEX_CHUNK_SIZE = 10;
    public const URI_SOURCE_GET_URL = 0;
    public const URI_SOURCE_SERVER_REQUEST_URI = 1;
    protected $action = '';
    protected $candidatesByMethod = [];
    protected $routeMeta = [];
    protected $combinedRegexByMethod = [];
    protected $combinedRegexDisabled = [];
    protected $combinedRegexMarkMap = [];
    protected $controller = '';
    protected $defaultAction = '';
    protected $defaultController = '';
    protected $defaultModule = '';
    protected $defaultNamespace = '';
    protected $defaultParams = [];
    protected $eventsManager = null;
    protected $hostnameByMethod = [];
    protected $hostnameLessByMethod = [];
    protected $keyRouteNames = [];
    protected $keyRouteIds = [];
    protected $matchedRoute = null;
    protected $matches = [];
    protected $methodRoutes = [];
    protected $methodRoutesDirty = true;
    protected $module = '';
    protected $namespaceName = '';
    protected $notFoundPaths = null;
    protected $params = [];
    protected $pendingCache = null;
    protected $pendingCacheKey = '';
    protected $removeExtraSlashes = false;
    protected $routes = [];
    protected $staticByMethod = [];
    protected $staticShadowedByMethod = [];
    protected $uriSource = 0;
    protected $wasMatched = false;

    /** @var array<string, Index> by method */
    private array $indexes = [];

    /** @param bool $defaultRoutes whether "/controller/action/params" works without routes for it */
    public function __construct(bool $defaultRoutes = true)
    {
        if ($defaultRoutes) {
            $this->attach(new Route('#^/([\w0-9\_\-]+)[/]{0,1}$#u', ['controller' => 1]));
            $this->attach(new Route(
                '#^/([\w0-9\_\-]+)/([\w0-9\.\_]+)(/.*)?$#u',
                ['controller' => 1, 'action' => 2, 'params' => 3]
            ));
        }
    }

    /** @param array|string|null $httpMethods null: all */
    public function add(string $pattern, $paths = null, $httpMethods = null, int $position = 1): RouteInterface
    {
        $route = new Route($pattern, $paths, $httpMethods);
        $this->attach($route, $position);

        return $route;
    }

    public function addConnect(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'CONNECT', $position);
    }

    public function addDelete(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'DELETE', $position);
    }

    public function addGet(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'GET', $position);
    }

    public function addHead(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'HEAD', $position);
    }

    public function addOptions(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'OPTIONS', $position);
    }

    public function addPatch(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'PATCH', $position);
    }

    public function addPost(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'POST', $position);
    }

    public function addPurge(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'PURGE', $position);
    }

    public function addPut(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'PUT', $position);
    }

    public function addTrace(string $pattern, $paths = null, int $position = 1): RouteInterface
    {
        return $this->add($pattern, $paths, 'TRACE', $position);
    }

    public function attach(RouteInterface $route, int $position = 1): static
    {
        if ($position === self::POSITION_LAST) {
            $this->routes[] = $route;
        } elseif ($position === self::POSITION_FIRST) {
            array_unshift($this->routes, $route);
        } else {
            throw new InvalidRoutePosition();
        }
        $this->methodRoutesDirty = true;

        return $this;
    }

    public function clear(): void
    {
        $this->routes = [];
        $this->methodRoutes = [];
        $this->candidatesByMethod = [];
        $this->indexes = [];
        $this->methodRoutesDirty = true;
    }

    /** The routes as data for loadDispatcherFromArray(); closures cannot be kept so. */
    public function buildDispatcherDump(): array
    {
        $routes = Dump::ofRoutes($this->routes);
        if ($this->methodRoutesDirty) {
            $this->rebuildMethodIndex();
        }

        return [
            'version' => Dump::VERSION,
            'routes' => $routes,
            'methodRoutes' => Dump::positions($this->methodRoutes, $this->routes),
            'candidatesByMethod' => Dump::positions($this->candidatesByMethod, $this->routes),
            'staticByMethod' => $this->staticByMethod,
            'staticShadowedByMethod' => $this->staticShadowedByMethod,
            'hostnameByMethod' => $this->hostnameByMethod,
            'hostnameLessByMethod' => $this->hostnameLessByMethod,
            'combinedRegexByMethod' => $this->combinedRegexByMethod,
            'combinedRegexDisabled' => $this->combinedRegexDisabled,
            'combinedRegexMarkMap' => $this->combinedRegexMarkMap,
            'routeMeta' => $this->routeMeta,
        ];
    }

    /** Replaces the routes. The dump names classes and callbacks: it must be one's own. */
    public function loadDispatcherFromArray(array $dump): void
    {
        $this->routes = Dump::toRoutes($dump);
        $this->keyRouteIds = [];
        $this->keyRouteNames = [];
        $this->methodRoutesDirty = true;
    }

    /** Writes the routes to a PHP file, which is complete whenever somebody reads it. */
    public function dumpDispatcher(string $path): void
    {
        $php = "<?php\nreturn " . var_export($this->buildDispatcherDump(), true) . ";\n";
        $temporary = $path . '.tmp.' . getmypid() . '.' . bin2hex(random_bytes(4));
        if (static::phpFilePutContents($temporary, $php) === false) {
            throw new Exception("Failed to write router cache temp file: $temporary");
        }
        if (!rename($temporary, $path)) {
            static::phpUnlink($temporary);
            throw new Exception("Failed to commit router cache: $path");
        }
    }

    /** Reads what dumpDispatcher() has written. The file is run. */
    public function loadDispatcher(string $path): void
    {
        if (!static::phpFileExists($path)) {
            throw new Exception("Router cache not found: $path");
        }
        $dump = require $path;
        if (!is_array($dump)) {
            $type = gettype($dump);
            throw new Exception("Router cache is corrupt or invalid (expected array, got $type): $path");
        }
        $this->loadDispatcherFromArray($dump);
    }

    /** Takes the routes from a cache, or leaves them there after the next request. */
    public function useCache(AdapterInterface $cache, string $key = 'phalcon.router.dispatcher'): void
    {
        if (!$cache->has($key)) {
            $this->pendingCache = $cache;
            $this->pendingCacheKey = $key;

            return;
        }
        $stored = $cache->get($key);
        if (!is_array($stored)) {
            throw new Exception("Router cache value at key '$key' is not an array");
        }
        $this->loadDispatcherFromArray($stored);
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function getActionName(): string
    {
        return $this->action;
    }

    public function getControllerName(): string
    {
        return $this->controller;
    }

    public function getDefaults(): array
    {
        return [
            'namespace' => $this->defaultNamespace,
            'module' => $this->defaultModule,
            'controller' => $this->defaultController,
            'action' => $this->defaultAction,
            'params' => $this->defaultParams,
        ];
    }

    public function getKeyRouteIds(): array
    {
        return $this->keyRouteIds;
    }

    public function getKeyRouteNames(): array
    {
        return $this->keyRouteNames;
    }

    public function getMatchedRoute(): ?RouteInterface
    {
        return $this->matchedRoute;
    }

    /** What the groups of the matched route's expression have matched. */
    public function getMatches(): array
    {
        return $this->matches;
    }

    public function getMethodRoutes(): array
    {
        if ($this->methodRoutesDirty) {
            $this->rebuildMethodIndex();
        }

        return $this->methodRoutes;
    }

    public function getModuleName(): string
    {
        return $this->module;
    }

    public function getNamespaceName(): string
    {
        return $this->namespaceName;
    }

    public function getParams(): array
    {
        return $this->params;
    }

    /** The path from "_url" in the query or from REQUEST_URI, as setUriSource() says. */
    public function getRewriteUri(): string
    {
        $uri = $this->uriSource === self::URI_SOURCE_GET_URL
            ? $_GET['_url'] ?? ''
            : $_SERVER['REQUEST_URI'] ?? '';

        return is_string($uri) && $uri !== '' && $uri !== '0' ? $this->extractRealUri($uri) : '/';
    }

    public function getRouteById($routeId): RouteInterface|bool
    {
        $key = $this->keyRouteIds[$routeId] ?? null;
        if ($key !== null && isset($this->routes[$key])) {
            return $this->routes[$key];
        }
        foreach ($this->routes as $key => $route) {
            $id = $route->getRouteId();
            $this->keyRouteIds[$id] = $key;
            if ($id == $routeId) {
                return $route;
            }
        }

        return false;
    }

    public function getRouteByName(string $name): RouteInterface|bool
    {
        $key = $this->keyRouteNames[$name] ?? null;
        if ($key !== null && isset($this->routes[$key])) {
            return $this->routes[$key];
        }
        foreach ($this->routes as $key => $route) {
            $routeName = (string) $route->getName();
            if ($routeName !== '') {
                $this->keyRouteNames[$routeName] = $key;
                if ($routeName === $name) {
                    return $route;
                }
            }
        }

        return false;
    }

    public function getRoutes(): array
    {
        return $this->routes;
    }

    /** Finds the route of a path; of an empty one, that of getRewriteUri(). */
    public function handle(string $uri): void
    {
        $path = $uri ? $this->extractRealUri($uri) : $this->getRewriteUri();
        if ($this->removeExtraSlashes && $path !== '/') {
            $path = rtrim($path, '/');
        }
        if (!$path) {
            $path = '/';
        }
        $this->wasMatched = false;
        $this->matchedRoute = null;
        $this->eventsManager?->fire('router:beforeCheckRoutes', $this);
        if ($this->container === null) {
            throw new RequestServiceUnavailable();
        }
        $parts = $this->search($path, $this->container->get('request'));
        $this->wasMatched = $parts !== null;
        if ($parts === null && $this->notFoundPaths !== null) {
            $parts = Route::getRoutePaths($this->notFoundPaths);
        }
        $this->take($parts);
        $this->eventsManager?->fire('router:afterCheckRoutes', $this);
        if ($this->pendingCache !== null) {
            $this->pendingCache->set($this->pendingCacheKey, $this->buildDispatcherDump());
            $this->pendingCache = null;
            $this->pendingCacheKey = '';
        }
    }

    public function isExactControllerName(): bool
    {
        return true;
    }

    /** @param array|ConfigInterface $config removeExtraSlashes, defaults, routes, groups, notFound */
    public function loadFromConfig($config): static
    {
        if ($config instanceof ConfigInterface) {
            $config = $config->toArray();
        }
        if (!is_array($config)) {
            throw new InvalidConfigSource();
        }
        foreach (['defaults', 'routes', 'groups'] as $key) {
            if (isset($config[$key]) && !is_array($config[$key])) {
                throw new ConfigKeyMustBeArray($key);
            }
        }
        if (isset($config['removeExtraSlashes'])) {
            $this->removeExtraSlashes((bool) $config['removeExtraSlashes']);
        }
        if (isset($config['defaults'])) {
            $this->setDefaults($config['defaults']);
        }
        foreach ($config['routes'] ?? [] as $route) {
            $this->addRouteFromConfig($route);
        }
        foreach ($config['groups'] ?? [] as $group) {
            $this->mountGroupFromConfig($group);
        }
        if (isset($config['notFound'])) {
            $this->notFound($config['notFound']);
        }

        return $this;
    }

    /** Adds the routes of a group. */
    public function mount(GroupInterface $group): static
    {
        $this->eventsManager?->fire('router:beforeMount', $this, $group);
        $routes = $group->getRoutes();
        if ($routes === []) {
            throw new EmptyGroupOfRoutes();
        }
        $beforeMatch = $group->getBeforeMatch();
        $hostname = $group->getHostname();
        foreach ($routes as $route) {
            if ($beforeMatch !== null) {
                $route->beforeMatch($beforeMatch);
            }
            if ($hostname !== null) {
                $route->setHostname($hostname);
            }
            $this->attach($route);
        }

        return $this;
    }

    /** The paths that stand for whatever no route matches. */
    public function notFound($paths): static
    {
        if (!is_array($paths) && !is_string($paths)) {
            throw new InvalidNotFoundPaths();
        }
        $this->notFoundPaths = $paths;

        return $this;
    }

    public function removeExtraSlashes(bool $remove): static
    {
        $this->removeExtraSlashes = $remove;

        return $this;
    }

    public function setDefaultAction(string $actionName): static
    {
        $this->defaultAction = $actionName;

        return $this;
    }

    public function setDefaultController(string $controllerName): static
    {
        $this->defaultController = $controllerName;

        return $this;
    }

    public function setDefaultModule(string $moduleName): static
    {
        $this->defaultModule = $moduleName;

        return $this;
    }

    public function setDefaultNamespace(string $namespaceName): static
    {
        $this->defaultNamespace = $namespaceName;

        return $this;
    }

    public function setDefaults(array $defaults): static
    {
        $this->defaultNamespace = (string) ($defaults['namespace'] ?? $this->defaultNamespace);
        $this->defaultModule = (string) ($defaults['module'] ?? $this->defaultModule);
        $this->defaultController = (string) ($defaults['controller'] ?? $this->defaultController);
        $this->defaultAction = (string) ($defaults['action'] ?? $this->defaultAction);
        $this->defaultParams = $defaults['params'] ?? $this->defaultParams;

        return $this;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    public function setKeyRouteIds(array $routeIds): static
    {
        $this->keyRouteIds = $routeIds;

        return $this;
    }

    public function setKeyRouteNames(array $routeNames): static
    {
        $this->keyRouteNames = $routeNames;

        return $this;
    }

    public function setUriSource(int $uriSource): static
    {
        $this->uriSource = $uriSource;

        return $this;
    }

    public function wasMatched(): bool
    {
        return $this->wasMatched;
    }

    /** @param array $routeData pattern, paths; method, name, hostname */
    protected function addRouteFromConfig(array $routeData): void
    {
        foreach (['pattern', 'paths'] as $key) {
            if (!array_key_exists($key, $routeData)) {
                throw new MissingRouteConfigKey($key);
            }
        }
        $route = $this->{self::adder($routeData)}($routeData['pattern'], $routeData['paths']);
        if (isset($routeData['name'])) {
            $route->setName((string) $routeData['name']);
        }
        if (isset($routeData['hostname'])) {
            $route->setHostname((string) $routeData['hostname']);
        }
    }

    protected function extractRealUri(string $uri): string
    {
        return explode('?', $uri, 2)[0];
    }

    /** @param array $groupData routes; paths, prefix, hostname */
    protected function mountGroupFromConfig(array $groupData): void
    {
        $group = new Group($groupData['paths'] ?? null);
        if (isset($groupData['prefix'])) {
            $group->setPrefix((string) $groupData['prefix']);
        }
        if (isset($groupData['hostname'])) {
            $group->setHostname((string) $groupData['hostname']);
        }
        $routes = $groupData['routes'] ?? [];
        if (!is_array($routes)) {
            throw new GroupRoutesMustBeArray();
        }
        foreach ($routes as $routeData) {
            foreach (['pattern', 'paths'] as $key) {
                if (!array_key_exists($key, $routeData)) {
                    throw new MissingGroupRouteKey($key);
                }
            }
            $route = $group->{self::adder($routeData)}($routeData['pattern'], $routeData['paths']);
            if (isset($routeData['name'])) {
                $route->setName((string) $routeData['name']);
            }
        }
        $this->mount($group);
    }

    /** Sorts the routes by the methods they are for; "*" are those for all. */
    protected function rebuildMethodIndex(): void
    {
        $this->methodRoutes = [];
        $this->candidatesByMethod = [];
        $this->indexes = [];
        foreach ($this->routes as $route) {
            foreach (self::methodsOf($route) as $method) {
                $this->methodRoutes[$method][] = $route;
            }
        }
        foreach ($this->routes as $route) {
            $methods = self::methodsOf($route);
            foreach ($methods === ['*'] ? array_keys($this->methodRoutes) : array_unique($methods) as $method) {
                $this->candidatesByMethod[$method][] = $route;
            }
        }
        $this->methodRoutesDirty = false;
    }

    /** @return list<string> */
    private static function methodsOf(RouteInterface $route): array
    {
        $methods = $route->getHttpMethods();

        return is_array($methods) ? $methods : [$methods ?? '*'];
    }

    /** The method that adds a route of the configuration. */
    private static function adder(array $routeData): string
    {
        $method = strtolower((string) ($routeData['method'] ?? ''));

        return match ($method) {
            '', 'connect', 'delete', 'get', 'head', 'options', 'patch', 'post', 'purge', 'put', 'trace'
                => 'add' . ucfirst($method),
            default => throw new UnknownHttpMethod($method),
        };
    }

    /**
     * The parts of the route that matches; null when none does.
     *
     * @param object $request whatever the "request" service is that has getMethod() and getHttpHost()
     */
    private function search(string $path, object $request): ?array
    {
        if ($this->methodRoutesDirty) {
            $this->rebuildMethodIndex();
        }
        $method = $request->getMethod();
        if (!isset($this->candidatesByMethod[$method])) {
            $method = '*';
        }
        $routes = $this->candidatesByMethod[$method] ?? [];
        $index = $this->indexes[$method] ??= new Index($routes);
        $events = $this->eventsManager;
        // Listeners hear of each route.
        $positions = $events === null ? $index->candidates($path) : array_reverse(array_keys($routes));
        $areAll = $events !== null;
        $host = null;
        for ($next = 0; isset($positions[$next]); $next++) {
            $position = $positions[$next];
            $route = $routes[$position];
            $hostname = $route->getHostname();
            if ($hostname === null || self::isHost($route, $hostname, $host ??= $request->getHttpHost())) {
                $events?->fire('router:beforeCheckRoute', $this, $route);
                $expression = $index->expressions[$position] ?? null;
                $matches = null;
                $found = $expression === null
                    ? $route->getCompiledPattern() === $path
                    : preg_match($expression, $path, $matches) === 1;
                if ($found ? $this->isWanted($route, $path) : $events?->fire('router:notMatchedRoute', $this, $route)) {
                    $this->matchedRoute = $route;

                    return $matches === null ? $route->getPaths() : $this->partsOf($route, $matches);
                }
                if (!$found) {
                    continue;
                }
            } elseif ($index->hasHost($position)) {
                continue;
            }
            if (!$areAll) {
                // The one that would have matched is not taken: those behind it count.
                $positions = $index->below($position, $path);
                $areAll = true;
                $next = -1;
            }
        }

        return null;
    }

    private function isWanted(RouteInterface $route, string $path): bool
    {
        $this->eventsManager?->fire('router:matchedRoute', $this, $route);
        $beforeMatch = $route->getBeforeMatch();
        if ($beforeMatch !== null && !is_callable($beforeMatch)) {
            throw new BeforeMatchNotCallable();
        }

        return $beforeMatch === null || $beforeMatch($path, $route, $this);
    }

    private static function isHost(RouteInterface $route, string $hostname, string $host): bool
    {
        if (!$host) {
            return false;
        }
        $expression = $route->getCompiledHostName();

        return $expression === null ? $host === $hostname : preg_match($expression, $host) === 1;
    }

    /** The paths of a route with what its groups have matched, through converters where there are some. */
    private function partsOf(RouteInterface $route, array $matches): array
    {
        $this->matches = $matches;
        $parts = $paths = $route->getPaths();
        $converters = $route->getConverters();
        foreach ($paths as $part => $position) {
            if (!is_string($part)) {
                throw new WrongPathsKey($part);
            }
            if (!is_string($position) && !is_int($position)) {
                continue;
            }
            if (isset($converters[$part])) {
                $parts[$part] = $converters[$part]($matches[$position] ?? $position);
            } elseif (isset($matches[$position])) {
                $parts[$part] = $matches[$position];
            } elseif (is_int($position)) {
                unset($parts[$part]);
            }
        }

        return $parts;
    }

    /** @param ?array $parts null: the defaults hold */
    private function take(?array $parts): void
    {
        $this->namespaceName = $parts['namespace'] ?? $this->defaultNamespace;
        $this->module = $parts['module'] ?? $this->defaultModule;
        $this->controller = $parts['controller'] ?? $this->defaultController;
        $this->action = $parts['action'] ?? $this->defaultAction;
        $this->params = $this->defaultParams;
        if ($parts === null) {
            return;
        }
        $params = $parts['params'] ?? '';
        unset($parts['namespace'], $parts['module'], $parts['controller'], $parts['action'], $parts['params']);
        $params = is_string($params) ? trim($params, '/') : '';
        $this->params = $params === '' ? $parts : array_merge(explode('/', $params), $parts);
    }
}
