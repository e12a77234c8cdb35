<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http\Request\Bag;

use ArrayAccess;
use ArrayIterator;
use Countable;
use IteratorAggregate;
use Phalcon\Http\Request\Exceptions\NullKeyException;
use Traversable;

/** Values by name, read with the type that is wanted. */
abstract class AbstractBag implements ArrayAccess, Countable, IteratorAggregate
{
    protected $items = [];

    public function __construct(array $items = [])
    {
        $this->items = $this->normalizeItems($items);
    }

    public function all(): array
    {
        return $this->items;
    }

    public function count(): int
    {
        return count($this->items);
    }

    public function get(string $key, $defaultValue = null): mixed
    {
        return $this->items[$this->normalizeKey($key)] ?? $defaultValue;
    }

    /** The value if it is an array. */
    public function getArray(string $key, array $defaultValue = []): array
    {
        $value = $this->items[$this->normalizeKey($key)] ?? null;

        return is_array($value) ? $value : $defaultValue;
    }

    public function getBool(string $key, bool $defaultValue = false): bool
    {
        return (bool) ($this->items[$this->normalizeKey($key)] ?? $defaultValue);
    }

    public function getFloat(string $key, float $defaultValue = 0.0): float
    {
        return (float) ($this->items[$this->normalizeKey($key)] ?? $defaultValue);
    }

    public function getInt(string $key, int $defaultValue = 0): int
    {
        return (int) ($this->items[$this->normalizeKey($key)] ?? $defaultValue);
    }

    public function getIterator(): Traversable
    {
        return new ArrayIterator($this->items);
    }

    public function getString(string $key, string $defaultValue = ''): string
    {
        return (string) ($this->items[$this->normalizeKey($key)] ?? $defaultValue);
    }

    public function has(string $key): bool
    {
        return array_key_exists($this->normalizeKey($key), $this->items);
    }

    public function offsetExists($offset): bool
    {
        return $this->has((string) $offset);
    }

    public function offsetGet($offset): mixed
    {
        return $this->get((string) $offset);
    }

    public function offsetSet($offset, $value): void
    {
        if ($offset === null) {
            throw new NullKeyException();
        }
        $this->set((string) $offset, $value);
    }

    public function offsetUnset($offset): void
    {
        $this->remove((string) $offset);
    }

    public function remove(string $key): void
    {
        unset($this->items[$this->normalizeKey($key)]);
    }

    public function set(string $key, $value): void
    {
        $this->items[$this->normalizeKey($key)] = $value;
    }

    /** For bags that keep their keys in another form. */
    protected function normalizeItems(array $items): array
    {
        return $items;
    }

    protected function normalizeKey(string $key): string
    {
        return $key;
    }
}
