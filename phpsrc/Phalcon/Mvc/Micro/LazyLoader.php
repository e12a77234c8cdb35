<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Micro;

use Phalcon\Mvc\Micro\Exceptions\LazyHandlerNotFound;
use Phalcon\Mvc\Model\BinderInterface;

/** Stands for a handler until its first method is called. Micro has it make another one for each message. */
class LazyLoader
{
    protected $definition = null;
    protected $handler = null;

    public function __construct(string $definition)
    {
        $this->definition = $definition;
    }

    /** Makes the handler if there is none yet. */
    public function callMethod(string $method, $arguments, ?BinderInterface $modelBinder = null)
    {
        if ($this->handler === null) {
            if (!class_exists($this->definition)) {
                throw new LazyHandlerNotFound($this->definition);
            }
            $this->handler = new $this->definition();
        }
        if ($modelBinder !== null) {
            $cacheKey = "_PHMB_{$this->definition}_$method";
            $arguments = $modelBinder->bindToHandler($this->handler, $arguments, $cacheKey, $method);
        }

        return [$this->handler, $method](...array_values($arguments));
    }

    public function getDefinition(): string
    {
        return $this->definition;
    }

    public function getHandler(): ?object
    {
        return $this->handler;
    }

    /** The next call makes a new handler. */
    public function forget(): void
    {
        $this->handler = null;
    }
}
