<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Phalcon\Storage\SerializerFactory;
use WeakReference;

/** Objects that somebody else keeps: when nobody does any more, they are gone from here. Keys have no prefix. */
class Weak extends AbstractAdapter
{
    protected $fetching = null;
    protected $weakList = [];
    protected $options = [];

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $this->defaultSerializer = 'none';
        $this->lifetime = static::getArrVal($options, 'lifetime', 3600);
        $this->prefix = '';
        $this->options = $options;
    }

    public function clear(): bool
    {
        $this->weakList = [];

        return true;
    }

    public function getKeys(string $prefix = ''): array
    {
        return $this->getFilteredKeys(array_keys($this->weakList), $prefix);
    }

    public function setForever(string $key, $value): bool
    {
        return $this->set($key, $value);
    }

    /** There is nothing to serialize. */
    public function setDefaultSerializer(string $serializer): void
    {
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return false;
    }

    protected function doDelete(string $key): bool
    {
        if ($key === $this->fetching) {
            return false;
        }
        $exists = isset($this->weakList[$key]);
        unset($this->weakList[$key]);

        return $exists;
    }

    /** The object; null, whatever the default, when there was one that is gone. */
    protected function doGet(string $key, $defaultValue = null)
    {
        if (!isset($this->weakList[$key])) {
            return $defaultValue;
        }
        $value = $this->weakList[$key]->get();
        if ($value === null) {
            $this->delete($key);
        }

        return $value;
    }

    protected function doHas(string $key): bool
    {
        return isset($this->weakList[$key]);
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return false;
    }

    /** Takes objects only. One that is there and alive stays. */
    protected function doSet(string $key, $value, $ttl = null): bool
    {
        if (!is_object($value)) {
            return false;
        }
        if (!isset($this->weakList[$key]) || $this->weakList[$key]->get() === null) {
            $this->weakList[$key] = WeakReference::create($value);
        }

        return true;
    }
}
