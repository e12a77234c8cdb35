<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Di;

use Closure;
use Phalcon\Di\Exception\ServiceResolutionException;
use Phalcon\Di\Exceptions\DefinitionMustBeArrayForRead;
use Phalcon\Di\Exceptions\DefinitionMustBeArrayForUpdate;
use Phalcon\Di\Service\Builder;
use ReflectionFunction;

/** One service: its definition, and its instance once a shared one is made. */
class Service implements ServiceInterface
{
    protected $definition = null;
    protected $resolved = false;
    protected $shared = false;
    protected $sharedInstance = null;

    final public function __construct($definition, bool $shared = false)
    {
        $this->definition = $definition;
        $this->shared = $shared;
    }

    public function getDefinition()
    {
        return $this->definition;
    }

    /** The constructor argument at this position of an array definition. */
    public function getParameter(int $position)
    {
        if (!is_array($this->definition)) {
            throw new DefinitionMustBeArrayForRead();
        }

        return $this->definition['arguments'][$position] ?? null;
    }

    /** Whether resolve() has made an instance. */
    public function isResolved(): bool
    {
        return $this->resolved;
    }

    public function isShared(): bool
    {
        return $this->shared;
    }

    /** Makes what is defined, of a shared service once; the parameters go to the constructor or closure. */
    public function resolve($parameters = null, ?DiInterface $container = null)
    {
        if ($this->shared && $this->sharedInstance !== null) {
            return $this->sharedInstance;
        }
        $definition = $this->definition;
        $arguments = is_array($parameters) ? array_values($parameters) : [];
        $instance = match (true) {
            is_string($definition) && class_exists($definition) => new $definition(...$arguments),
            $definition instanceof Closure => $this->call($definition, $parameters, $container),
            is_object($definition) => $definition,
            is_array($definition) => new Builder()->build($container, $definition, $parameters),
            default => throw new ServiceResolutionException(),
        };
        if ($this->shared) {
            $this->sharedInstance = $instance;
        }
        $this->resolved = true;

        return $instance;
    }

    public function setDefinition($definition): void
    {
        $this->definition = $definition;
    }

    /** Replaces the constructor argument at this position of an array definition. */
    public function setParameter(int $position, array $parameter): ServiceInterface
    {
        if (!is_array($this->definition)) {
            throw new DefinitionMustBeArrayForUpdate();
        }
        $this->definition['arguments'][$position] = $parameter;

        return $this;
    }

    public function setShared(bool $shared): void
    {
        $this->shared = $shared;
    }

    public function setSharedInstance($sharedInstance): void
    {
        $this->sharedInstance = $sharedInstance;
    }

    private function call(Closure $definition, mixed $parameters, ?DiInterface $container): mixed
    {
        // A static closure has no $this to bind; it is as good a definition.
        if ($container !== null && !(new ReflectionFunction($definition))->isStatic()) {
            $definition = Closure::bind($definition, $container);
        }

        return is_array($parameters) ? $definition(...$parameters) : $definition();
    }
}
