<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Cache;

/** A cache with the methods of PSR-16. */
interface Cache
{
    public function clear(): bool;

    public function delete(string $key): bool;

    public function deleteMultiple($keys): bool;

    public function get(string $key, $defaultValue = null);

    public function getMultiple($keys, $defaultValue = null);

    public function has(string $key): bool;

    public function set(string $key, $value, $ttl = null): bool;

    public function setMultiple($values, $ttl = null): bool;
}
