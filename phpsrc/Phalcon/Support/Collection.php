<?php

declare(strict_types=1);

namespace Phalcon\Support;

use ArrayIterator;
use Countable;
use InvalidArgumentException;
use JsonSerializable;
use Phalcon\Support\Collection\CollectionInterface;
use Phalcon\Support\Collection\Exceptions\InvalidValueType;
use Phalcon\Support\Helper\Json\Encode;
use Traversable;

/**
 * Values by name, read as properties, as array elements or by get(). Names are the same in capitals and small letters
 * unless the collection was told otherwise; a type makes it refuse values that are of another.
 */
class Collection implements Countable, JsonSerializable, CollectionInterface
{
    protected $data = [];
    protected $insensitive = true;
    protected $lowerKeys = [];
    protected $strictNull = false;
    protected $type = null;

    public function __construct(
        array $data = [],
        bool $insensitive = true,
        bool $strictNull = false,
        ?string $type = null
    ) {
        $this->insensitive = $insensitive;
        $this->strictNull = $strictNull;
        $this->type = $type;
        $this->init($data);
    }

    public function __get(string $element): mixed
    {
        return $this->get($element);
    }

    public function __isset(string $element): bool
    {
        return $this->has($element);
    }

    public function __serialize(): array
    {
        return [
            'data' => $this->data,
            'insensitive' => $this->insensitive,
            'strictNull' => $this->strictNull,
            'type' => $this->type,
        ];
    }

    public function __set(string $element, $value): void
    {
        $this->set($element, $value);
    }

    /** Takes what __serialize() gives, and the bare array that versions before 5.12 gave. */
    public function __unserialize(array $data): void
    {
        if (!is_array($data['data'] ?? null)) {
            $this->init($data);

            return;
        }
        $this->insensitive = (bool)($data['insensitive'] ?? true);
        $this->strictNull = (bool)($data['strictNull'] ?? false);
        $this->type = $data['type'] ?? null;
        $this->init($data['data']);
    }

    public function __unset(string $element): void
    {
        $this->remove($element);
    }

    public function clear(): void
    {
        $this->data = [];
        $this->lowerKeys = [];
    }

    /** What each value has under this key, method or property; null where it has none. */
    public function column(string $propertyOrMethod): array
    {
        return array_map(fn ($value) => $this->extractValue($value, $propertyOrMethod), $this->data);
    }

    public function count(): int
    {
        return count($this->data);
    }

    /** Calls the callback with each value and key. */
    public function each($callback): static
    {
        foreach ($this->data as $key => $value) {
            $callback($value, $key);
        }

        return $this;
    }

    /** A collection of the values for which the callback, given value and key, answers something true. */
    public function filter($callback): static
    {
        return $this->cloneEmpty(array_filter(
            $this->data,
            static fn ($value, $key) => $callback($value, $key),
            ARRAY_FILTER_USE_BOTH,
        ));
    }

    /** The first value; null when there is none. */
    public function first(): mixed
    {
        return $this->data === [] ? null : $this->data[array_key_first($this->data)];
    }

    /** The value, cast as settype() does, an object to "array" by its toArray(). A value that is null is the default one, */
    public function get(string $element, $defaultValue = null, ?string $cast = null): mixed
    {
        $key = $this->lowerKeys[$this->processKey($element)] ?? null;
        if ($key === null) {
            return $defaultValue;
        }
        $value = $this->data[$key];
        if ($value === null && !$this->strictNull) {
            return $defaultValue;
        }
        if ($cast === null || $cast === '') {
            return $value;
        }
        if ($cast === 'array' && is_object($value) && method_exists($value, 'toArray')) {
            return $value->toArray();
        }
        settype($value, $cast);

        return $value;
    }

    public function getIterator(): Traversable
    {
        return new ArrayIterator($this->data);
    }

    public function getKeys(bool $insensitive = true): array
    {
        return $this->keys($insensitive);
    }

    public function getType(): ?string
    {
        return $this->type;
    }

    public function getValues(): array
    {
        return $this->values();
    }

    public function has(string $element): bool
    {
        return isset($this->lowerKeys[$this->processKey($element)]);
    }

    public function init(array $data = []): void
    {
        foreach ($data as $key => $value) {
            $this->setData((string)$key, $value);
        }
    }

    public function isEmpty(): bool
    {
        return $this->data === [];
    }

    public function jsonSerialize(): array
    {
        return array_map($this->checkSerializable(...), $this->data);
    }

    /** The names, in small letters or as they were given. */
    public function keys(bool $insensitive = true): array
    {
        return array_keys($insensitive ? $this->lowerKeys : $this->data);
    }

    /** The last value; null when there is none. */
    public function last(): mixed
    {
        return $this->data === [] ? null : $this->data[array_key_last($this->data)];
    }

    /** A collection of what the callback makes of each value and key. */
    public function map($callback): static
    {
        $mapped = [];
        foreach ($this->data as $key => $value) {
            $mapped[$key] = $callback($value, $key);
        }

        return $this->cloneEmpty($mapped);
    }

    public function offsetExists($element): bool
    {
        return $this->has((string)$element);
    }

    public function offsetGet($element): mixed
    {
        return $this->get((string)$element);
    }

    public function offsetSet($element, $value): void
    {
        $this->set((string)$element, $value);
    }

    public function offsetUnset($element): void
    {
        $this->remove((string)$element);
    }

    /** Goes through all values: the callback gets what it answered last, the value and the key. */
    public function reduce($callback, $initial = null): mixed
    {
        foreach ($this->data as $key => $value) {
            $initial = $callback($initial, $value, $key);
        }

        return $initial;
    }

    public function remove(string $element): void
    {
        $key = $this->processKey($element);
        if (isset($this->lowerKeys[$key])) {
            unset($this->data[$this->lowerKeys[$key]], $this->lowerKeys[$key]);
        }
    }

    /** Other values instead of all there are. */
    public function replace(array $data): void
    {
        $this->clear();
        $this->init($data);
    }

    public function serialize(): ?string
    {
        return serialize($this->__serialize());
    }

    public function set(string $element, $value): void
    {
        $this->setData($element, $value);
    }

    /** A sorted collection that keeps its keys: by a callback that compares, or ascending (SORT_ASC) or descending. */
    public function sort($callback = null, int $order = 4): static
    {
        $sorted = $this->data;
        if ($callback !== null) {
            if (!is_callable($callback)) {
                throw new InvalidArgumentException('The sort callback must be callable or null');
            }
            uasort($sorted, $callback);
        } elseif ($order === SORT_DESC) {
            arsort($sorted);
        } else {
            asort($sorted);
        }

        return $this->cloneEmpty($sorted);
    }

    public function toArray(): array
    {
        return $this->data;
    }

    /** JSON with the options of json_encode(). */
    public function toJson(int $options = 4194383): string
    {
        return new Encode()($this->jsonSerialize(), $options);
    }

    /** Only for what was serialized by whom the application trusts, as unserialize() itself. */
    public function unserialize(string $data): void
    {
        $this->__unserialize(unserialize($data));
    }

    public function values(): array
    {
        return array_values($this->data);
    }

    /** A collection of the values that have exactly this under a key, method or property. */
    public function where(string $propertyOrMethod, $value): static
    {
        return $this->cloneEmpty(array_filter(
            $this->data,
            fn ($item): bool => $this->extractValue($item, $propertyOrMethod) === $value,
        ));
    }

    /** A collection of the same kind with other values. */
    protected function cloneEmpty(array $data = []): static
    {
        return new static($data, $this->insensitive, $this->strictNull, $this->type);
    }

    protected function extractValue($item, string $propertyOrMethod): mixed
    {
        return match (true) {
            is_array($item) => $item[$propertyOrMethod] ?? null,
            !is_object($item) => null,
            method_exists($item, $propertyOrMethod) => $item->$propertyOrMethod(),
            property_exists($item, $propertyOrMethod) => $item->$propertyOrMethod,
            default => null,
        };
    }

    /** How a name is looked up. */
    protected function processKey(string $element): string
    {
        return $this->insensitive ? mb_strtolower($element) : $element;
    }

    protected function setData(string $element, $value): void
    {
        $this->validateType($value);
        $key = $this->processKey($element);
        // The name's last spelling is the one that counts.
        if (isset($this->lowerKeys[$key]) && $this->lowerKeys[$key] !== $element) {
            unset($this->data[$this->lowerKeys[$key]]);
        }
        $this->data[$element] = $value;
        $this->lowerKeys[$key] = $element;
    }

    protected function validateType($value): void
    {
        if ($this->type === null) {
            return;
        }
        $fits = match ($this->type) {
            'int' => is_int($value),
            'string' => is_string($value),
            'bool' => is_bool($value),
            'float' => is_float($value),
            'array' => is_array($value),
            'object' => is_object($value),
            default => $value instanceof $this->type,
        };
        if (!$fits) {
            throw new InvalidValueType($this->type, $value);
        }
    }

    private function checkSerializable(mixed $value): mixed
    {
        return is_object($value) && method_exists($value, 'jsonSerialize') ? $value->jsonSerialize() : $value;
    }
}
