<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use ArrayAccess;
use Phalcon\Cache\Adapter\AdapterInterface;
use Phalcon\Di\DiInterface;
use Phalcon\Di\FactoryDefault;
use Phalcon\Di\Injectable;
use Phalcon\Di\ServiceInterface;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Phalcon\Mvc\Micro\CollectionInterface;
use Phalcon\Mvc\Micro\CollectionMount;
use Phalcon\Mvc\Micro\Exceptions\ContainerRequired;
use Phalcon\Mvc\Micro\LazyLoader;
use Phalcon\Mvc\Micro\RequestHandling;
use Phalcon\Mvc\Model\BinderInterface;
use Phalcon\Mvc\Router\RouteInterface;
use Throwable;
use WeakMap;

/**
 * An application of routes and their handlers, without controllers and views unless the handlers use them.
 *
 * An object serves one message at a time. handle() forgets what the message before left. A clone has the same routes,
 * middleware and container and has served nothing yet; to serve beside its original it needs a container of its own.
 */
class Micro extends Injectable implements ArrayAccess, EventsAwareInterface
{
    use RequestHandling;

    protected $activeHandler = null;
    protected $afterBindingHandlers = [];
    protected $afterHandlers = [];
    protected $beforeHandlers = [];
    protected $container = null;
    protected $errorHandler = null;
    protected $eventsManager = null;
    protected $finishHandlers = [];
    protected $handlers = [];
    protected $modelBinder = null;
    protected $notFoundHandler = null;
    protected $responseHandler = null;
    protected $returnedValue = null;
    protected $router = null;
    protected $stopped = false;

    public function __construct(?DiInterface $container = null)
    {
        if ($container !== null) {
            $this->setDI($container);
        }
    }

    public function __clone()
    {
        $this->lazyLoader = null; // the original's
        $this->forget();
        unset($this->di, $this->persistent);
        if ($this->modelBinder !== null) {
            $this->modelBinder = clone $this->modelBinder;
        }
        $fresh = new WeakMap();
        foreach ($this->handlers as &$handler) {
            if (is_array($handler) && ($handler[0] ?? null) instanceof LazyLoader) {
                $loader = $handler[0];
                if (!isset($fresh[$loader])) {
                    $fresh[$loader] = clone $loader;
                    $fresh[$loader]->forget();
                }
                $handler[0] = $fresh[$loader];
            }
        }
    }

    /** Middleware that is called after the handler. */
    public function after($handler): static
    {
        $this->afterHandlers[] = $handler;

        return $this;
    }

    /** Middleware that is called after the handler and before what it answered is known. */
    public function afterBinding($handler): static
    {
        $this->afterBindingHandlers[] = $handler;

        return $this;
    }

    /** Middleware that is called before the handler; stop() in it keeps the handler from being called. */
    public function before($handler): static
    {
        $this->beforeHandlers[] = $handler;

        return $this;
    }

    public function delete(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addDelete', $routePattern, $handler);
    }

    /** Gets what handle() catches; exceptions still leave it unless this answers false or a response. */
    public function error($handler): static
    {
        $this->errorHandler = $handler;

        return $this;
    }

    /** Middleware that is called at the end, also when no route matched. */
    public function finish($handler): static
    {
        $this->finishHandlers[] = $handler;

        return $this;
    }

    public function get(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addGet', $routePattern, $handler);
    }

    /** The handler of the route that matched. */
    public function getActiveHandler()
    {
        return $this->activeHandler;
    }

    public function getBoundModels(): array
    {
        return $this->modelBinder === null ? [] : $this->modelBinder->getBoundModels();
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    /** The handlers by their routes' ids. */
    public function getHandlers(): array
    {
        return $this->handlers;
    }

    public function getModelBinder(): ?BinderInterface
    {
        return $this->modelBinder;
    }

    /** What the handler answered. */
    public function getReturnedValue()
    {
        return $this->returnedValue;
    }

    /** The container's router, which is emptied when it is asked for first. */
    public function getRouter(): RouterInterface
    {
        if ($this->router === null) {
            $this->router = $this->getSharedService('router');
            $this->router->clear();
            $this->router->removeExtraSlashes(true);
        }

        return $this->router;
    }

    public function getService(string $serviceName)
    {
        return $this->services()->get($serviceName);
    }

    public function getSharedService(string $serviceName)
    {
        return $this->services()->getShared($serviceName);
    }

    /** Routes the URI and calls what is to be called; answers what that answered, and sends it if it can be sent. */
    public function handle(string $uri)
    {
        $container = $this->container ?? throw new ContainerRequired();
        $this->forget();
        $answer = null;
        try {
            if (!$this->process($container, $uri, $answer)) {
                return $answer;
            }
        } catch (Throwable $e) {
            $answer = $this->recover($e, $answer);
        }

        return $this->respond($answer, $container);
    }

    public function hasService(string $serviceName): bool
    {
        return $this->services()->has($serviceName);
    }

    public function head(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addHead', $routePattern, $handler);
    }

    /** For every HTTP method. */
    public function map(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('add', $routePattern, $handler);
    }

    /** Registers the routes of a collection. */
    public function mount(CollectionInterface $collection): static
    {
        foreach (new CollectionMount($collection)->routes() as [$methods, $pattern, $handler, $name]) {
            $route = $this->map($pattern, $handler);
            if ($methods !== null) {
                $route->via($methods);
            }
            if ($name !== null) {
                $route->setName($name);
            }
        }

        return $this;
    }

    /** Is called when no route matches. */
    public function notFound($handler): static
    {
        $this->notFoundHandler = $handler;

        return $this;
    }

    public function offsetExists($offset): bool
    {
        return $this->hasService($offset);
    }

    public function offsetGet($offset): mixed
    {
        return $this->getService($offset);
    }

    public function offsetSet($offset, $value): void
    {
        $this->setService($offset, $value);
    }

    public function offsetUnset($offset): void
    {
        $this->services()->remove($offset);
    }

    public function options(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addOptions', $routePattern, $handler);
    }

    public function patch(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addPatch', $routePattern, $handler);
    }

    public function post(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addPost', $routePattern, $handler);
    }

    public function put(string $routePattern, $handler): RouteInterface
    {
        return $this->addRoute('addPut', $routePattern, $handler);
    }

    /** Listeners to micro:beforeExecuteRoute can have another handler called. */
    public function setActiveHandler($activeHandler): self
    {
        $this->activeHandler = $activeHandler;

        return $this;
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }

    /** Has parameters replaced by models; the cache, or the name of its service, is for what reflection finds. */
    public function setModelBinder(BinderInterface $modelBinder, $cache = null): static
    {
        if (is_string($cache)) {
            $cache = $this->getService($cache);
        }
        if ($cache instanceof AdapterInterface) {
            $modelBinder->setCache($cache);
        }
        $this->modelBinder = $modelBinder;

        return $this;
    }

    /** Is called in place of sending what was answered. */
    public function setResponseHandler($handler): static
    {
        $this->responseHandler = $handler;

        return $this;
    }

    public function setService(string $serviceName, $definition, bool $isShared = false): ServiceInterface
    {
        return $this->services()->set($serviceName, $definition, $isShared);
    }

    /** No further middleware of this kind is called; in before() and afterBinding() this ends handle(). */
    public function stop(): void
    {
        $this->stopped = true;
    }

    private function addRoute(string $method, string $routePattern, mixed $handler): RouteInterface
    {
        $route = $this->getRouter()->$method($routePattern);
        $this->handlers[$route->getRouteId()] = $handler;

        return $route;
    }

    /** The container; without one there is one with the usual services. */
    private function services(): DiInterface
    {
        return $this->container ??= new FactoryDefault();
    }
}
