<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Micro;

use Closure;
use Phalcon\Di\DiInterface;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Controller;
use Phalcon\Mvc\Micro\Exceptions\ErrorHandlerNotCallable;
use Phalcon\Mvc\Micro\Exceptions\HandlerNotCallable;
use Phalcon\Mvc\Micro\Exceptions\NoMatchedRouteHandler;
use Phalcon\Mvc\Micro\Exceptions\NotFoundHandlerNotCallable;
use Phalcon\Mvc\Micro\Exceptions\ResponseHandlerNotCallable;
use ReflectionFunction;
use Throwable;

/** What Micro does with a message, from the router's answer to the response. */
trait RequestHandling
{
    private ?LazyLoader $lazyLoader = null;

    /** What the last message left must not be seen by this one, nor the handler that was made for it. */
    private function forget(): void
    {
        $this->lazyLoader?->forget();
        $this->lazyLoader = null;
        $this->activeHandler = null;
        $this->returnedValue = null;
        $this->stopped = false;
    }

    /** Answers false when somebody ended it: $answer is then what handle() answers, and nothing is sent. */
    private function process(DiInterface $container, string $uri, mixed &$answer): bool
    {
        if ($this->isRefused('micro:beforeHandleRoute')) {
            $answer = false;

            return false;
        }
        $router = $container->getShared('router');
        $router->handle($uri);
        $route = $router->getMatchedRoute();
        $goesOn = $route === null
            ? $this->callNotFound($answer)
            : $this->callRoute($router, $route, $answer);
        if (!$goesOn) {
            return false;
        }
        $this->eventsManager?->fire('micro:afterHandleRoute', $this, $answer);
        $this->runMiddleware('finish', $this->finishHandlers, [$this]);

        return true;
    }

    private function callRoute(object $router, object $route, mixed &$answer): bool
    {
        $this->activeHandler = $this->handlers[$route->getRouteId()] ?? throw new NoMatchedRouteHandler();
        if ($this->isRefused('micro:beforeExecuteRoute')) {
            $answer = false;

            return false;
        }
        $handler = $this->activeHandler;
        $status = $this->runMiddleware('before', $this->beforeHandlers);
        if ($this->stopped) {
            $answer = $status;

            return false;
        }
        $answer = $this->call($handler, $router->getParams(), $route);
        if ($this->isRefused('micro:afterBinding')) {
            $answer = false;

            return false;
        }
        $status = $this->runMiddleware('afterBinding', $this->afterBindingHandlers);
        if ($this->stopped) {
            $answer = $status;

            return false;
        }
        $this->returnedValue = $answer;
        $this->eventsManager?->fire('micro:afterExecuteRoute', $this);
        $this->runMiddleware('after', $this->afterHandlers);

        return true;
    }

    private function callNotFound(mixed &$answer): bool
    {
        if ($this->isRefused('micro:beforeNotFound')) {
            $answer = false;

            return false;
        }
        if (!is_callable($this->notFoundHandler)) {
            throw new NotFoundHandlerNotCallable();
        }
        $answer = ($this->notFoundHandler)();

        return true;
    }

    /** Calls a route's handler: a closure is bound to the application, models are bound to parameters. */
    private function call(mixed $handler, array $params, object $route): mixed
    {
        if ($handler instanceof Closure) {
            $handler = $this->bound($handler);
            if ($this->modelBinder !== null) {
                $cacheKey = '_PHMB_' . ($route->getName() ?: $route->getPattern());
                $params = $this->modelBinder->bindToHandler($handler, $params, $cacheKey);
            }
        } elseif (is_array($handler)) {
            [$object, $method] = $handler + [null, null];
            if ($object instanceof LazyLoader) {
                $this->lazyLoader = $object;

                return $object->callMethod($method, $params, $this->modelBinder);
            }
            if ($object instanceof Controller && $this->modelBinder !== null) {
                $cacheKey = '_PHMB_' . $object::class . "_$method";
                $params = $this->modelBinder->bindToHandler($object, $params, $cacheKey, $method);
            }
        }

        return call_user_func_array($handler, $params);
    }

    /** Static closures, and those made of functions and methods, have no $this to bind: they are called as they are. */
    private function bound(Closure $handler): Closure
    {
        $function = new ReflectionFunction($handler);

        return $function->isAnonymous() && !$function->isStatic() ? Closure::bind($handler, $this) : $handler;
    }

    /** Calls middleware until one calls stop(); what the last one answered. */
    private function runMiddleware(string $kind, array $handlers, array $arguments = []): mixed
    {
        $status = null;
        $this->stopped = false;
        foreach ($handlers as $handler) {
            if ($handler instanceof MiddlewareInterface) {
                $status = $handler->call($this);
            } elseif (is_callable($handler)) {
                $status = $handler(...$arguments);
            } else {
                throw new HandlerNotCallable($kind);
            }
            if ($this->stopped) {
                break;
            }
        }

        return $status;
    }

    /** What is answered in place of an exception, which goes on its way unless the error handler accepts it. */
    private function recover(Throwable $e, mixed $answer): mixed
    {
        $this->eventsManager?->fire('micro:beforeException', $this, $e);
        if ($this->errorHandler !== null) {
            if (!is_callable($this->errorHandler)) {
                throw new ErrorHandlerNotCallable();
            }
            $answer = ($this->errorHandler)($e);
            if ($answer instanceof ResponseInterface) {
                return $answer;
            }
        }

        return $answer === false ? false : throw $e;
    }

    /** Sends a string as the response's content, and a response that was not sent yet. */
    private function respond(mixed $answer, DiInterface $container): mixed
    {
        if ($this->responseHandler) {
            if (!is_callable($this->responseHandler)) {
                throw new ResponseHandlerNotCallable();
            }

            return ($this->responseHandler)();
        }
        if (is_string($answer)) {
            $response = $container->getShared('response');
            if (!$response->isSent()) {
                $response->setContent($answer);
                $response->send();
            }
        } elseif ($answer instanceof ResponseInterface && !$answer->isSent()) {
            $answer->send();
        }

        return $answer;
    }

    private function isRefused(string $event): bool
    {
        return $this->eventsManager?->fire($event, $this) === false;
    }
}
