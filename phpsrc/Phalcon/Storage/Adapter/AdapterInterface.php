<?php

declare(strict_types=1);

namespace Phalcon\Storage\Adapter;

/** Keeps values by keys, for some time. */
interface AdapterInterface
{
    public function clear(): bool;

    public function decrement(string $key, int $value = 1): int|bool;

    public function delete(string $key): bool;

    public function deleteMultiple(array $keys): bool;

    public function get(string $key, $defaultValue = null);

    public function getAdapter();

    public function getKeys(string $prefix = ''): array;

    public function getPrefix(): string;

    public function has(string $key): bool;

    public function increment(string $key, int $value = 1): int|bool;

    public function set(string $key, $value, $ttl = null): bool;

    public function setForever(string $key, $value): bool;
}
