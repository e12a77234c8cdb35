<?php

declare(strict_types=1);

namespace Phalcon\Support;

use Traversable;

/** A collection whose methods cannot be overridden. */
final class Registry extends Collection
{
    final public function __construct(array $data = [])
    {
        parent::__construct($data);
    }

    final public function __get(string $element): mixed
    {
        return parent::get($element);
    }

    final public function __isset(string $element): bool
    {
        return parent::has($element);
    }

    final public function __set(string $element, $value): void
    {
        parent::set($element, $value);
    }

    final public function __unset(string $element): void
    {
        parent::remove($element);
    }

    final public function clear(): void
    {
        parent::clear();
    }

    final public function count(): int
    {
        return parent::count();
    }

    final public function get(string $element, $defaultValue = null, ?string $cast = null): mixed
    {
        return parent::get($element, $defaultValue, $cast);
    }

    final public function getIterator(): Traversable
    {
        return parent::getIterator();
    }

    final public function has(string $element): bool
    {
        return parent::has($element);
    }

    final public function init(array $data = []): void
    {
        parent::init($data);
    }

    final public function jsonSerialize(): array
    {
        return parent::jsonSerialize();
    }

    final public function offsetExists($element): bool
    {
        return parent::has((string)$element);
    }

    final public function offsetGet($element): mixed
    {
        return parent::get((string)$element);
    }

    final public function offsetSet($element, $value): void
    {
        parent::set((string)$element, $value);
    }

    final public function offsetUnset($element): void
    {
        parent::remove((string)$element);
    }

    final public function remove(string $element): void
    {
        parent::remove($element);
    }

    final public function serialize(): ?string
    {
        return parent::serialize();
    }

    final public function set(string $element, $value): void
    {
        parent::set($element, $value);
    }

    final public function toArray(): array
    {
        return parent::toArray();
    }

    final public function toJson(int $options = 79): string
    {
        return parent::toJson($options);
    }

    final public function unserialize(string $data): void
    {
        parent::unserialize($data);
    }
}
