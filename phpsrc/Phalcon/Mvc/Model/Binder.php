<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Model;

use Closure;
use Phalcon\Cache\Adapter\AdapterInterface;
use Phalcon\Mvc\Controller\BindModelInterface;
use Phalcon\Mvc\Model;
use Phalcon\Mvc\Model\Binder\BindableInterface;
use Phalcon\Mvc\Model\Exceptions\HandlerMustImplementBindable;
use Phalcon\Mvc\Model\Exceptions\InvalidGetModelNameReturn;
use Phalcon\Mvc\Model\Exceptions\MissingMethodName;
use Phalcon\Mvc\Model\Exceptions\MissingModelClassName;
use ReflectionFunction;
use ReflectionMethod;
use ReflectionNamedType;

/**
 * Replaces parameters of actions and closures that are typed as models by what findFirst() of their class answers.
 *
 * Which parameters those are is remembered for each cache key, and in the cache if there is one. What was found is
 * kept until the next handler: an object serves one message at a time.
 */
class Binder implements BinderInterface
{
    protected $boundModels = [];
    protected $cache = null;
    protected $internalCache = [];
    protected $originalValues = [];

    public function __construct(?AdapterInterface $cache = null)
    {
        $this->cache = $cache;
    }

    /** The parameters, with models for those that stand for one. The method is for handlers other than closures. */
    public function bindToHandler($handler, array $params, string $cacheKey, ?string $methodName = null): array
    {
        if ($methodName === null && !$handler instanceof Closure) {
            throw new MissingMethodName();
        }
        $this->originalValues = [];
        $this->boundModels = [];
        $known = $this->getParamsFromCache($cacheKey);
        if ($known === null) {
            return $this->getParamsFromReflection($handler, $params, $cacheKey, (string) $methodName);
        }
        foreach ($known as $key => $class) {
            $value = $params[$key] ?? null;
            $params[$key] = $this->bind($key, $value, $this->findBoundModel($value, $class));
        }

        return $params;
    }

    public function getBoundModels(): array
    {
        return $this->boundModels;
    }

    /** @return AdapterInterface|null */
    public function getCache()
    {
        return $this->cache;
    }

    public function getOriginalValues(): array
    {
        return $this->originalValues;
    }

    public function setCache(AdapterInterface $cache): BinderInterface
    {
        $this->cache = $cache;

        return $this;
    }

    /** The model that the value stands for: the hook for other ways to find one. */
    protected function findBoundModel($paramValue, string $className)
    {
        return $className::findFirst($paramValue);
    }

    protected function getParamsFromCache(string $cacheKey): ?array
    {
        if (isset($this->internalCache[$cacheKey])) {
            return $this->internalCache[$cacheKey];
        }
        if ($this->cache === null || !$this->cache->has($cacheKey)) {
            return null;
        }

        return $this->internalCache[$cacheKey] = $this->cache->get($cacheKey);
    }

    protected function getParamsFromReflection($handler, array $params, string $cacheKey, string $methodName): array
    {
        $function = $methodName === ''
            ? new ReflectionFunction($handler)
            : new ReflectionMethod($handler, $methodName);
        $keys = array_keys($params);
        $classes = [];
        foreach ($function->getParameters() as $position => $parameter) {
            $type = $parameter->getType();
            if (!$type instanceof ReflectionNamedType || $type->isBuiltin()) {
                continue;
            }
            $key = isset($params[$position]) ? $position : $keys[$position] ?? null;
            $class = $type->getName();
            if ($key === null || ($class !== Model::class && !is_subclass_of($class, Model::class))) {
                continue;
            }
            if ($class === Model::class) {
                $class = $this->classFor($handler, $key);
            }
            $model = $this->findBoundModel($params[$key], $class);
            if ($model) {
                $params[$key] = $this->bind($key, $params[$key], $model);
                $classes[$key] = $class;
            }
        }
        $this->cache?->set($cacheKey, $classes);
        $this->internalCache[$cacheKey] = $classes;

        return $params;
    }

    private function bind(int|string $key, mixed $value, mixed $model): mixed
    {
        $this->originalValues[$key] = $value;

        return $this->boundModels[$key] = $model;
    }

    /** The class that the handler says a parameter stands for. */
    private function classFor(object $handler, int|string $key): string
    {
        if (!$handler instanceof BindModelInterface && !$handler instanceof BindableInterface) {
            throw new HandlerMustImplementBindable();
        }
        $names = $handler->getModelName();
        if (is_array($names)) {
            return $names[$key] ?? throw new MissingModelClassName((string) $key);
        }

        return is_string($names) ? $names : throw new InvalidGetModelNameReturn();
    }
}
