<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cache;

use Phalcon\Cache\Exception\InvalidArgumentException;

/** A cache of values by keys of letters, digits, dashes, underscores and dots; its methods are those of PSR-16. */
class Cache extends AbstractCache
{
    public function clear(): bool
    {
        return $this->doClear();
    }

    public function delete(string $key): bool
    {
        return $this->doDelete($key);
    }

    public function deleteMultiple($keys): bool
    {
        return $this->doDeleteMultiple($keys);
    }

    public function get(string $key, $defaultValue = null)
    {
        return $this->doGet($key, $defaultValue);
    }

    public function getMultiple($keys, $defaultValue = null)
    {
        return $this->doGetMultiple($keys, $defaultValue);
    }

    public function has(string $key): bool
    {
        return $this->doHas($key);
    }

    public function set(string $key, $value, $ttl = null): bool
    {
        return $this->doSet($key, $value, $ttl);
    }

    public function setMultiple($values, $ttl = null): bool
    {
        return $this->doSetMultiple($values, $ttl);
    }

    protected function getExceptionClass(): string
    {
        return InvalidArgumentException::class;
    }
}
