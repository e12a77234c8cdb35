<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Dispatcher;

use Exception as BaseException;
use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Di\Di;
use Phalcon\Dispatcher\Exception as DispatcherException;
use Phalcon\Dispatcher\Exceptions\ForwardInInitializeForbidden;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Phalcon\Mvc\Model\BinderInterface;
use Phalcon\Support\Collection;

/**
 * Runs the action of the handler that the names say, and those that are forwarded to.
 *
 * An object serves one message at a time. dispatch() forgets what the dispatch before it found and answered, and has
 * the container forget the handlers it made, unless it is called by an action; names and parameters stay until they
 * are set anew. A clone keeps names, parameters and settings only.
 */
abstract class AbstractDispatcher extends AbstractInjectionAware implements DispatcherInterface, EventsAwareInterface
{
    use HandlerLoop;

    protected $activeHandler = null;
    protected $activeMethodMap = [];
    protected $actionName = '';
    protected $actionSuffix = 'Action';
    protected $camelCaseMap = [];
    protected $defaultAction = '';
    protected $defaultNamespace = '';
    protected $defaultHandler = '';
    protected $handlerHashes = [];
    protected $handlerHookCache = [];
    protected $handlerName = '';
    protected $handlerSuffix = '';
    protected $eventsManager = null;
    protected $finished = false;
    protected $forwarded = false;
    protected $isControllerInitialize = false;
    protected $lastHandler = null;
    protected $modelBinder = null;
    protected $modelBinding = false;
    protected $moduleName = '';
    protected $namespaceName = '';
    protected $params = [];
    protected $previousActionName = '';
    protected $previousHandlerName = '';
    protected $previousNamespaceName = '';
    protected $returnedValue = null;

    /** How many dispatch() are under way: actions can call it, too. */
    private int $depth = 0;

    /** @var array<string, true> what the container was asked for */
    private array $asked = [];

    /** Calls the action; listeners to dispatch:beforeCallAction can change what is called, and with what. */
    public function callActionMethod($handler, string $actionMethod, array $params = [])
    {
        if (!$this->eventsManager instanceof ManagerInterface) {
            return [$handler, $actionMethod](...array_values($params));
        }
        $call = new Collection(['handler' => $handler, 'action' => $actionMethod, 'params' => $params]);
        $this->eventsManager->fire('dispatch:beforeCallAction', $this, $call);
        $action = [$call->get('handler'), $call->get('action')];
        if (!is_callable($action)) {
            $this->throwDispatchException(
                "Action '$this->actionName' was not found on handler '$this->handlerName'",
                DispatcherException::EXCEPTION_ACTION_NOT_FOUND,
            );

            return false;
        }
        $result = $action(...array_values($call->get('params', [], 'array')));
        $call['result'] = $result;
        $this->eventsManager->fire('dispatch:afterCallAction', $this, $call);

        return $result;
    }

    /** The last handler that was called; false when a listener kept the loop from running. */
    public function dispatch()
    {
        if ($this->container === null) {
            $this->throwDispatchException(
                'A dependency injection container is required to access related dispatching services',
                DispatcherException::EXCEPTION_NO_DI,
            );

            return false;
        }
        $this->begin();
        $this->depth++;
        try {
            if ($this->isStoppedBeforeLoop()) {
                return false;
            }
            $handler = $this->loop($this->container);

            return $this->endsWell() ? $handler : false;
        } finally {
            $this->depth--;
            $this->finished = true;
            $this->isControllerInitialize = false;
        }
    }

    /** The loop goes on with what is named: "namespace", "controller" or "task", "action", "params". The rest stays. */
    public function forward(array $forward): void
    {
        if ($this->isControllerInitialize === true) {
            throw new ForwardInInitializeForbidden();
        }
        $this->previousNamespaceName = $this->namespaceName;
        $this->previousHandlerName = $this->handlerName;
        $this->previousActionName = $this->actionName;
        // What is named but null is the default.
        if (array_key_exists('namespace', $forward)) {
            $this->namespaceName = $forward['namespace'] ?? '';
        }
        if (array_key_exists('controller', $forward)) {
            $this->handlerName = $forward['controller'] ?? '';
        } elseif (array_key_exists('task', $forward)) {
            $this->handlerName = $forward['task'] ?? '';
        }
        if (array_key_exists('action', $forward)) {
            $this->actionName = $forward['action'] ?? '';
        }
        if (array_key_exists('params', $forward)) {
            $this->params = $forward['params'];
        }
        $this->finished = false;
        $this->forwarded = true;
    }

    public function getActionName(): string
    {
        return $this->actionName;
    }

    public function getActionSuffix(): string
    {
        return $this->actionSuffix;
    }

    /** The method of the action. */
    public function getActiveMethod(): string
    {
        $name = $this->activeMethodMap[$this->actionName] ?? lcfirst($this->toCamelCase($this->actionName));

        return $name . $this->actionSuffix;
    }

    public function getBoundModels(): array
    {
        return $this->modelBinder === null ? [] : $this->modelBinder->getBoundModels();
    }

    public function getDefaultNamespace(): string
    {
        return $this->defaultNamespace;
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function getHandlerSuffix(): string
    {
        return $this->handlerSuffix;
    }

    public function getModelBinder(): ?BinderInterface
    {
        return $this->modelBinder;
    }

    public function getModuleName(): ?string
    {
        return $this->moduleName;
    }

    public function getNamespaceName(): string
    {
        return $this->namespaceName;
    }

    public function getParam($param, $filters = null, $defaultValue = null)
    {
        return $this->getParameter($param, $filters, $defaultValue);
    }

    /** The parameter, sanitized by the filters if there are any. */
    public function getParameter($param, $filters = null, $defaultValue = null)
    {
        if (!array_key_exists($param, $this->params)) {
            return $defaultValue;
        }
        if ($filters === null) {
            return $this->params[$param];
        }
        if ($this->container === null) {
            $this->throwDispatchException(
                "A dependency injection container is required to access the 'filter' service",
                DispatcherException::EXCEPTION_NO_DI,
            );
        }

        return $this->container->getShared('filter')->sanitize($this->params[$param], $filters);
    }

    public function getParams(): array
    {
        return $this->getParameters();
    }

    public function getParameters(): array
    {
        return $this->params;
    }

    public function getPreviousActionName(): string
    {
        return $this->previousActionName;
    }

    public function getPreviousHandlerName(): string
    {
        return $this->previousHandlerName;
    }

    public function getPreviousNamespaceName(): string
    {
        return $this->previousNamespaceName;
    }

    public function hasParam($param): bool
    {
        return $this->hasParameter($param);
    }

    public function hasParameter($param): bool
    {
        return array_key_exists($param, $this->params);
    }

    /** Whether nobody has forwarded since the action began. */
    public function isFinished(): bool
    {
        return $this->finished;
    }

    public function setActionName(string $actionName): void
    {
        $this->actionName = $actionName;
    }

    public function setDefaultAction(string $actionName): void
    {
        $this->defaultAction = $actionName;
    }

    public function setDefaultNamespace(string $defaultNamespace): void
    {
        $this->defaultNamespace = $defaultNamespace;
    }

    /** The class, or the service's name, of the handler. */
    public function getHandlerClass(): string
    {
        $this->resolveEmptyProperties();
        $class = $this->handlerName;
        if (!str_contains($class, '\\')) {
            $class = $this->toCamelCase($class);
        }
        $namespace = $this->namespaceName;
        if ($namespace && !str_ends_with($namespace, '\\')) {
            $namespace .= '\\';
        }

        return $namespace . $class . $this->handlerSuffix;
    }

    public function setParam($param, $value): void
    {
        $this->setParameter($param, $value);
    }

    public function setParameter($param, $value): void
    {
        $this->params[$param] = $value;
    }

    public function setParams(array $params): void
    {
        $this->setParameters($params);
    }

    public function setParameters(array $params): void
    {
        $this->params = $params;
    }

    public function setReturnedValue($value): void
    {
        $this->returnedValue = $value;
    }

    public function setActionSuffix(string $actionSuffix): void
    {
        $this->actionSuffix = $actionSuffix;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    public function setHandlerSuffix(string $handlerSuffix): void
    {
        $this->handlerSuffix = $handlerSuffix;
    }

    /** Has parameters replaced by models; the cache, or the name of its service, is for what reflection finds. */
    public function setModelBinder(BinderInterface $modelBinder, $cache = null): DispatcherInterface
    {
        if (is_string($cache)) {
            $cache = $this->container->get($cache);
        }
        if ($cache !== null) {
            $modelBinder->setCache($cache);
        }
        $this->modelBinding = true;
        $this->modelBinder = $modelBinder;

        return $this;
    }

    public function setModuleName(?string $moduleName = null): void
    {
        $this->moduleName = $moduleName;
    }

    public function setNamespaceName(string $namespaceName): void
    {
        $this->namespaceName = $namespaceName;
    }

    public function getReturnedValue()
    {
        return $this->returnedValue;
    }

    public function wasForwarded(): bool
    {
        return $this->forwarded;
    }

    /** For an exception from the application: false ends the handler's turn, anything else lets it out. */
    abstract protected function handleException(BaseException $exception);

    protected function resolveEmptyProperties(): void
    {
        $this->namespaceName = $this->namespaceName ?: $this->defaultNamespace;
        $this->handlerName = $this->handlerName ?: $this->defaultHandler;
        $this->actionName = $this->actionName ?: $this->defaultAction;
    }

    /** For what the dispatcher finds wrong: throws, unless a listener to exceptions answers false. */
    abstract protected function throwDispatchException(string $message, int $exceptionCode = 0);

    /** "edit-user_name" is "EditUserName". What names requests make up is not remembered. */
    protected function toCamelCase(string $input): string
    {
        return $this->camelCaseMap[$input] ?? strtr(ucwords($input, '_-'), ['_' => '', '-' => '']);
    }

    /** A clone is for another message: it has run nothing yet. */
    public function __clone()
    {
        $this->forget();
        $this->depth = 0;
        $this->finished = false;
        $this->isControllerInitialize = false;
        $this->asked = [];
        if ($this->modelBinder !== null) {
            $this->modelBinder = clone $this->modelBinder;
        }
    }

    /**
     * What the last message left must not be seen by this one; what was forwarded since then is to be. A handler that
     * served another user would come with that user's properties, and without its initialize() being called.
     */
    private function begin(): void
    {
        if ($this->depth === 0) {
            if ($this->finished) {
                $this->forget();
            }
            if ($this->container instanceof Di) {
                array_map($this->container->removeShared(...), array_keys($this->asked));
            }
            $this->asked = [];
            $this->handlerHashes = [];
        }
        $this->finished = true;
    }

    private function isStoppedBeforeLoop(): bool
    {
        try {
            return $this->eventsManager?->fire('dispatch:beforeDispatchLoop', $this) === false && $this->finished;
        } catch (BaseException $e) {
            $answer = $this->handleException($e);
            if ($this->finished && $answer !== false) {
                throw $e;
            }

            return $this->finished;
        }
    }

    private function endsWell(): bool
    {
        try {
            $this->eventsManager?->fire('dispatch:afterDispatchLoop', $this);

            return true;
        } catch (BaseException $e) {
            return $this->handleException($e) === false ? false : throw $e;
        }
    }

    private function forget(): void
    {
        $this->activeHandler = null;
        $this->handlerHashes = [];
        $this->lastHandler = null;
        $this->forwarded = false;
        $this->previousActionName = '';
        $this->previousHandlerName = '';
        $this->previousNamespaceName = '';
        $this->returnedValue = null;
    }
}
