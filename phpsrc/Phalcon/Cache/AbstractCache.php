<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cache;

use Phalcon\Cache\Adapter\AdapterInterface;
use Phalcon\Cache\Adapter\Redis;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Traversable;

/** What caches have in common: the check of keys, events, and several keys at once. */
abstract class AbstractCache implements CacheInterface, EventsAwareInterface
{
    protected $adapter = null;
    protected $eventsManager = null;

    public function __construct(AdapterInterface $adapter)
    {
        $this->adapter = $adapter;
    }

    public function getAdapter(): AdapterInterface
    {
        return $this->adapter;
    }

    abstract public function get(string $key, $defaultValue = null);

    abstract public function set(string $key, $value, $ttl = null): bool;

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    protected function checkKey(string $key): void
    {
        if ($key === '' || preg_match('/[^A-Za-z0-9-_.]/', $key) === 1) {
            throw new ($this->getExceptionClass())('The key contains invalid characters');
        }
    }

    protected function checkKeys($keys): void
    {
        if (!is_array($keys) && !$keys instanceof Traversable) {
            throw new ($this->getExceptionClass())('The keys need to be an array or instance of Traversable');
        }
    }

    protected function doClear(): bool
    {
        return $this->adapter->clear();
    }

    protected function doDelete(string $key): bool
    {
        $this->checkKey($key);
        $this->fire('cache:beforeDelete', $key);
        $result = $this->adapter->delete($key);
        $this->fire('cache:afterDelete', $key);

        return $result;
    }

    protected function doDeleteMultiple($keys): bool
    {
        $this->checkKeys($keys);
        $this->fire('cache:beforeDeleteMultiple', $keys);
        $names = [];
        foreach ($keys as $key) {
            $this->checkKey($key);
            $names[] = $key;
        }
        $result = $this->adapter->deleteMultiple($names);
        $this->fire('cache:afterDeleteMultiple', $keys);

        return $result;
    }

    protected function doGet(string $key, $defaultValue = null)
    {
        $this->checkKey($key);
        $this->fire('cache:beforeGet', $key);
        $result = $this->adapter->get($key, $defaultValue);
        $this->fire('cache:afterGet', $key);

        return $result;
    }

    protected function doGetMultiple($keys, $defaultValue = null): array
    {
        $this->checkKeys($keys);
        $this->fire('cache:beforeGetMultiple', $keys);
        if ($this->adapter instanceof Redis) {
            $results = $this->getAtOnce($keys, $defaultValue);
        } else {
            $results = [];
            foreach ($keys as $key) {
                $results[$key] = $this->get($key, $defaultValue);
            }
        }
        $this->fire('cache:afterGetMultiple', $keys);

        return $results;
    }

    protected function doHas(string $key): bool
    {
        $this->checkKey($key);
        $this->fire('cache:beforeHas', $key);
        $result = $this->adapter->has($key);
        $this->fire('cache:afterHas', $key);

        return $result;
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        $this->checkKey($key);
        $this->fire('cache:beforeSet', $key);
        $result = $this->adapter->set($key, $value, $ttl);
        $this->fire('cache:afterSet', $key);

        return $result;
    }

    protected function doSetMultiple($values, $ttl = null): bool
    {
        $this->checkKeys($values);
        $values = is_array($values) ? $values : iterator_to_array($values);
        $keys = array_keys($values);
        foreach ($keys as $key) {
            $this->checkKey($key);
        }
        $this->fire('cache:beforeSetMultiple', $keys);
        $all = true;
        foreach ($values as $key => $value) {
            $all = $this->set($key, $value, $ttl) === true && $all;
        }
        $this->fire('cache:afterSetMultiple', $keys);

        return $all;
    }

    protected function fire(string $eventName, $keys): void
    {
        $this->eventsManager?->fire($eventName, $this, $keys, false);
    }

    abstract protected function getExceptionClass(): string;

    /** With one command. */
    private function getAtOnce(iterable $keys, mixed $defaultValue): array
    {
        $names = [];
        foreach ($keys as $key) {
            $this->checkKey($key);
            $names[] = $key;
        }
        $client = $this->adapter->getAdapter();
        $serializer = $this->adapter->getSerializer();
        $values = $names === [] ? [] : $client->mget($names);
        $results = [];
        foreach ($names as $i => $name) {
            $value = $values[$i] ?? false;
            if ($value === false) {
                $results[$name] = $defaultValue;
                continue;
            }
            $serializer->unserialize($value);
            $results[$name] = method_exists($serializer, 'isSuccess') && $serializer->isSuccess() !== true
                ? $defaultValue
                : $serializer->getData();
        }

        return $results;
    }
}
