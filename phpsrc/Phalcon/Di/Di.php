<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Di;

use Phalcon\Config\Adapter\Php;
use Phalcon\Config\Adapter\Yaml;
use Phalcon\Config\ConfigInterface;
use Phalcon\Di\Exception\ServiceResolutionException;
use Phalcon\Di\Exceptions\AliasAlreadyInUse;
use Phalcon\Di\Exceptions\AliasNameMustBeString;
use Phalcon\Di\Exceptions\CircularAliasReference;
use Phalcon\Di\Exceptions\ServiceCannotBeResolved;
use Phalcon\Events\ManagerInterface;

/**
 * The service container: definitions by name, and the instances of those that are shared.
 *
 * A definition is a class name, a closure (bound to the container), an object, or an array for
 * Di\Service\Builder.
 * The first container made is the default one of the process until reset() or setDefault().
 */
class Di implements DiInterface
{
    protected $aliases = [];
    protected static $defaultContainer = null;
    protected $eventsManager = null;
    protected $services = [];
    protected $sharedInstances = [];

    public function __construct()
    {
        self::$defaultContainer ??= $this;
    }

    /** getName() is get('name'), setName($definition) is set('name', $definition). */
    public function __call(string $method, array $arguments = [])
    {
        $name = lcfirst(substr($method, 3));
        if (str_starts_with($method, 'get') && isset($this->services[$name])) {
            return $this->get($name, $arguments);
        }
        if (str_starts_with($method, 'set') && isset($arguments[0])) {
            $this->set($name, $arguments[0]);

            return null;
        }
        throw Exception::undefinedMethod($method);
    }

    /** Registers a service unless there is one of this name; then it answers false. */
    public function attempt(string $name, $definition, bool $shared = false): ServiceInterface|bool
    {
        if (isset($this->services[$name])) {
            return false;
        }

        return $this->services[$name] = new Service($definition, $shared);
    }

    /** The service; of a name that is not registered but is a class, a new instance. */
    public function get(string $name, $parameters = null)
    {
        if (isset($this->aliases[$name])) {
            $name = $this->resolveAlias($name);
        }
        $service = $this->services[$name] ?? null;
        $shared = $service !== null && $service->isShared();
        if ($shared && isset($this->sharedInstances[$name])) {
            return $this->sharedInstances[$name];
        }
        $instance = $this->eventsManager?->fire(
            'di:beforeServiceResolve',
            $this,
            ['name' => $name, 'parameters' => $parameters],
        );
        if ($instance === null) {
            $instance = $service === null
                ? $this->make($name, $parameters)
                : $this->resolve($name, $service, $parameters);
            if ($shared) {
                $this->sharedInstances[$name] = $instance;
            }
        }
        if ($instance instanceof InjectionAwareInterface) {
            $instance->setDI($this);
        }
        if ($instance instanceof InitializationAwareInterface) {
            $instance->initialize();
        }
        $this->eventsManager?->fire(
            'di:afterServiceResolve',
            $this,
            ['name' => $name, 'parameters' => $parameters, 'instance' => $instance],
        );

        return $instance;
    }

    /** What this alias stands for; an empty string when it is none. */
    public function getAlias(string $name): string
    {
        return $this->aliases[$name] ?? '';
    }

    /** The container that Injectable classes use when they were given none. */
    public static function getDefault(): ?DiInterface
    {
        return self::$defaultContainer;
    }

    /** Hears of di:beforeServiceResolve and di:afterServiceResolve. */
    public function getInternalEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    /** The definition. */
    public function getRaw(string $name)
    {
        return $this->getService($name)->getDefinition();
    }

    public function getService(string $name): ServiceInterface
    {
        $name = $this->resolveAlias($name);

        return $this->services[$name] ?? throw Exception::serviceNotFound($name);
    }

    public function getServices(): array
    {
        return $this->services;
    }

    /** The one instance of the service, whether it was registered as shared or not. */
    public function getShared(string $name, $parameters = null)
    {
        if (isset($this->aliases[$name])) {
            $name = $this->resolveAlias($name);
        }

        return $this->sharedInstances[$name] ??= $this->get($name, $parameters);
    }

    protected function loadFromConfig(ConfigInterface $config): void
    {
        foreach ($config->toArray() as $name => $service) {
            $this->set($name, $service, !empty($service['shared']));
        }
    }

    /** Registers what a PHP file answers: name => definition, with "shared" in those that are. */
    public function loadFromPhp(string $filePath): void
    {
        $this->loadFromConfig(new Php($filePath));
    }

    /** Registers what a YAML file holds; the callbacks are for its tags. */
    public function loadFromYaml(string $filePath, ?array $callbacks = []): void
    {
        $this->loadFromConfig(new Yaml($filePath, $callbacks));
    }

    public function has(string $name): bool
    {
        return isset($this->services[$this->resolveAlias($name)]);
    }

    public function hasShared(string $name): bool
    {
        return isset($this->sharedInstances[$this->resolveAlias($name)]);
    }

    public function offsetGet($name): mixed
    {
        return $this->getShared($name);
    }

    public function offsetExists($name): bool
    {
        return $this->has($name);
    }

    public function offsetSet($offset, $value): void
    {
        $this->setShared($offset, $value);
    }

    public function offsetUnset($name): void
    {
        $this->remove($name);
    }

    /** Has a provider register its services. */
    public function register(ServiceProviderInterface $provider): void
    {
        $provider->register($this);
    }

    /** Forgets the service, its instance and its aliases. */
    public function remove(string $name): void
    {
        $name = $this->resolveAlias($name);
        $aliases = array_filter($this->aliases, fn (string $target): bool => $this->resolveAlias($target) !== $name);
        unset($this->services[$name], $this->sharedInstances[$name]);
        $this->aliases = $aliases;
    }

    /** Forgets the instance: the next getShared() makes one. */
    public function removeShared(string $name): void
    {
        $name = $this->resolveAlias($name);
        unset($this->sharedInstances[$name]);
        if (isset($this->services[$name])) {
            $this->services[$name]->setSharedInstance(null);
        }
    }

    /** There is no default container any more. */
    public static function reset(): void
    {
        self::$defaultContainer = null;
    }

    public function set(string $name, $definition, bool $shared = false): ServiceInterface
    {
        return $this->services[$this->resolveAlias($name)] = new Service($definition, $shared);
    }

    /** Further names, one or several, of a service that is registered. */
    public function setAlias(string $name, $aliases): self
    {
        if (!$this->has($name)) {
            throw Exception::serviceNotFound($name);
        }
        $known = $this->aliases;
        foreach (is_array($aliases) ? $aliases : [$aliases] as $alias) {
            if (!is_string($alias)) {
                throw new AliasNameMustBeString();
            }
            if (isset($known[$alias]) || $this->has($alias)) {
                throw new AliasAlreadyInUse($alias);
            }
            $known[$alias] = $name;
        }
        $this->aliases = $known;

        return $this;
    }

    public static function setDefault(DiInterface $container): void
    {
        self::$defaultContainer = $container;
    }

    public function setInternalEventsManager(ManagerInterface $eventsManager)
    {
        $this->eventsManager = $eventsManager;
    }

    /** Registers a service object. */
    public function setService(string $name, ServiceInterface $rawDefinition): ServiceInterface
    {
        return $this->services[$name] = $rawDefinition;
    }

    public function setShared(string $name, $definition): ServiceInterface
    {
        return $this->set($name, $definition, true);
    }

    private function resolveAlias(string $name): string
    {
        $target = $name;
        $seen = [];
        while (isset($this->aliases[$target])) {
            if (isset($seen[$target])) {
                throw new CircularAliasReference($name);
            }
            $seen[$target] = true;
            $target = $this->aliases[$target];
        }

        return $target;
    }

    private function resolve(string $name, ServiceInterface $service, mixed $parameters): mixed
    {
        try {
            return $service->resolve($parameters, $this);
        } catch (ServiceResolutionException) {
            throw new ServiceCannotBeResolved($name);
        }
    }

    private function make(string $class, mixed $parameters): object
    {
        if (!class_exists($class)) {
            throw Exception::serviceNotFound($class);
        }

        return is_array($parameters) ? new $class(...array_values($parameters)) : new $class();
    }
}
