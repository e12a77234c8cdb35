<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Dispatcher;

use Exception as BaseException;
use Phalcon\Di\DiInterface;
use Phalcon\Dispatcher\Exception as DispatcherException;
use Phalcon\Events\ManagerInterface;
use WeakReference;

/**
 * The loop of AbstractDispatcher: finds the handler, tells listeners and the handler's own hooks, calls the action, and
 * begins again when somebody has forwarded.
 *
 * A listener or hook that answers false ends the handler's turn. One that forwards does, too: forward() clears
 * $finished. Exceptions that handleException() answers false to, or during which somebody forwards, do not leave the
 * loop; errors do.
 */
trait HandlerLoop
{
    /** One more handler than this, and the dispatcher goes in circles. */
    private const MAX_HANDLERS = 255;

    /** @return mixed the last handler; what is no object was refused, and handleException() let it pass */
    private function loop(DiInterface $container): mixed
    {
        $handler = null;
        $this->finished = false;
        for ($count = 0; !$this->finished; $count++) {
            if ($count === self::MAX_HANDLERS) {
                $this->throwDispatchException(
                    'Dispatcher has detected a cyclic routing causing stability problems',
                    DispatcherException::EXCEPTION_CYCLIC_ROUTING,
                );
                break;
            }
            $this->finished = true;
            $this->resolveEmptyProperties();
            if (!$this->goesOn('dispatch:beforeDispatch')) {
                continue;
            }
            $class = $this->getHandlerClass();
            if (!$container->has($class) && !class_exists($class)) {
                $message = "$class handler class cannot be loaded";
                if ($this->begunAnew($message, DispatcherException::EXCEPTION_HANDLER_NOT_FOUND)) {
                    continue;
                }
                break;
            }
            $this->asked[$class] = true;
            $handler = $container->getShared($class);
            if (!is_object($handler)) {
                $message = 'Invalid handler returned from the services container';
                if ($this->begunAnew($message, DispatcherException::EXCEPTION_INVALID_HANDLER)) {
                    continue;
                }
                break;
            }
            if (!$this->turn($handler, $class, $container)) {
                break;
            }
        }

        return $handler;
    }

    /** A handler's turn. Answers false when the loop has to end, forwarded or not. */
    private function turn(object $handler, string $class, DiInterface $container): bool
    {
        $isNew = $this->isNew($handler);
        $this->activeHandler = $handler;
        $hooks = $this->handlerHookCache[$handler::class] ??= [
            method_exists($handler, 'beforeExecuteRoute'),
            method_exists($handler, 'initialize'),
            method_exists($handler, 'afterBinding'),
            method_exists($handler, 'afterExecuteRoute'),
        ];
        if (!is_array($this->params)) {
            $message = 'Action parameters must be an Array';

            return $this->begunAnew($message, DispatcherException::EXCEPTION_INVALID_PARAMS);
        }
        $method = $this->getActiveMethod();
        if (!is_callable([$handler, $method])) {
            return $this->refuseAction($this->actionName, $this->handlerName);
        }
        if (
            !$this->goesOn('dispatch:beforeExecuteRoute')
            || ($hooks[0] && !$this->hookGoesOn($handler, 'beforeExecuteRoute'))
        ) {
            // Its initialize() has not run: the container is to make another when it is asked for again.
            $container->remove($class);

            return true;
        }
        if ($isNew && !$this->initialize($handler, $hooks[1])) {
            return true;
        }
        if ($this->modelBinding) {
            $this->params = $this->modelBinder
                ->bindToHandler($handler, $this->params, "_PHMB_{$class}_$method", $method);
        }
        if (
            ($this->eventsManager?->fire('dispatch:afterBinding', $this) ?? true) === false
            || !$this->finished
            || ($hooks[2] && ($handler->afterBinding($this) === false || !$this->finished))
        ) {
            return true;
        }
        $this->lastHandler = $handler;
        if (
            $this->calls($handler, $method)
            && $this->goesOn('dispatch:afterExecuteRoute')
            && (!$hooks[3] || $this->hookGoesOn($handler, 'afterExecuteRoute'))
        ) {
            $this->goesOn('dispatch:afterDispatch');
        }

        return true;
    }

    /** Tells the listeners. */
    private function goesOn(string $event): bool
    {
        if (!$this->eventsManager instanceof ManagerInterface) {
            return true;
        }
        try {
            return $this->eventsManager->fire($event, $this) !== false && $this->finished;
        } catch (BaseException $e) {
            return $this->survives($e);
        }
    }

    private function hookGoesOn(object $handler, string $hook): bool
    {
        try {
            return $handler->$hook($this) !== false && $this->finished;
        } catch (BaseException $e) {
            return $this->survives($e);
        }
    }

    /** Prepares a handler that has not been seen before. */
    private function initialize(object $handler, bool $hasHook): bool
    {
        if ($hasHook) {
            $this->isControllerInitialize = true;
            try {
                $handler->initialize();
            } catch (BaseException $e) {
                $this->isControllerInitialize = false;

                return $this->survives($e);
            }
            $this->isControllerInitialize = false;
        }

        return $this->goesOn('dispatch:afterInitialize');
    }

    private function calls(object $handler, string $method): bool
    {
        try {
            $this->returnedValue = $this->callActionMethod($handler, $method, $this->params);

            return $this->finished;
        } catch (BaseException $e) {
            return $this->survives($e);
        }
    }

    /** The end of the handler's turn, if it is not that of the loop. */
    private function survives(BaseException $e): false
    {
        if ($this->handleException($e) === false || !$this->finished) {
            return false;
        }
        throw $e;
    }

    private function refuseAction(string $action, string $handlerName): bool
    {
        $answer = $this->eventsManager?->fire('dispatch:beforeNotFoundAction', $this);
        if ($answer === false || !$this->finished) {
            return true;
        }
        $message = "Action '$action' was not found on handler '$handlerName'";

        return $this->begunAnew($message, DispatcherException::EXCEPTION_ACTION_NOT_FOUND);
    }

    /** Reports what is wrong; whether a listener to that has forwarded. */
    private function begunAnew(string $message, int $code): bool
    {
        return $this->throwDispatchException($message, $code) === false && !$this->finished;
    }

    /** Whether this object comes for the first time. The keys are used again for others once an object is gone. */
    private function isNew(object $handler): bool
    {
        $id = spl_object_id($handler);
        $known = $this->handlerHashes[$id] ?? null;
        if ($known instanceof WeakReference && $known->get() === $handler) {
            return false;
        }
        $this->handlerHashes[$id] = WeakReference::create($handler);

        return true;
    }
}
