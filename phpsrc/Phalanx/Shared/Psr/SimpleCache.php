<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use DateInterval;
use Phalanx\Shared\Cache;
use Psr\SimpleCache\CacheInterface;

/**
 * A shared cache as PSR-16 has it, for psr/simple-cache 1, 2 and 3: parameters are declared as widely as in the oldest,
 * results as exactly as in the newest.
 */
final class SimpleCache implements CacheInterface
{
    use Keys;
    use Times;

    /** What no value is. */
    private const NONE = "\0Phalanx\\Shared\\Psr\\SimpleCache\0";

    /** @param string $prefix before all keys, so that several adapters can share a cache; clear() keeps to it */
    public function __construct(private readonly Cache $cache, private readonly string $prefix = '')
    {
    }

    /** @param string $key */
    public function get($key, $default = null): mixed
    {
        $value = $this->cache->get($this->key($key), self::NONE);

        return $value === self::NONE ? $default : $value;
    }

    /**
     * @param string $key
     * @param null|int|DateInterval $ttl
     */
    public function set($key, $value, $ttl = null): bool
    {
        $key = $this->key($key);
        $seconds = self::timeToLive($ttl);
        if ($seconds !== null && $seconds <= 0) {
            $this->cache->delete($key);
            return true;
        }

        return $seconds === null ? $this->cache->set($key, $value) : $this->cache->set($key, $value, $seconds);
    }

    /** @param string $key */
    public function delete($key): bool
    {
        $this->cache->delete($this->key($key));

        return true;
    }

    public function clear(): bool
    {
        $this->clearAll($this->cache);

        return true;
    }

    /**
     * @param iterable<string> $keys
     * @return array<string, mixed>
     */
    public function getMultiple($keys, $default = null): iterable
    {
        $values = [];
        foreach (self::each($keys) as $key) {
            $values[$key] = $this->get($key, $default);
        }

        return $values;
    }

    /**
     * @param iterable<string, mixed> $values
     * @param null|int|DateInterval $ttl
     */
    public function setMultiple($values, $ttl = null): bool
    {
        $all = true;
        $checked = [];
        foreach (self::each($values) as $key => $value) {
            $key = \is_int($key) ? (string)$key : $key;
            $this->key($key);
            $checked[] = [$key, $value];
        }
        foreach ($checked as [$key, $value]) {
            $all = $this->set($key, $value, $ttl) && $all;
        }

        return $all;
    }

    /** @param iterable<string> $keys */
    public function deleteMultiple($keys): bool
    {
        foreach (self::each($keys) as $key) {
            $this->delete($key);
        }

        return true;
    }

    /** @param string $key */
    public function has($key): bool
    {
        return $this->cache->has($this->key($key));
    }

    private static function each(mixed $list): iterable
    {
        return \is_iterable($list) ? $list : throw self::invalid('Keys and values come as an array or a Traversable');
    }

    private static function timeToLive(mixed $ttl): ?float
    {
        return match (true) {
            $ttl === null => null,
            \is_int($ttl) => (float)$ttl,
            $ttl instanceof DateInterval => self::seconds($ttl),
            default => throw self::invalid('A time to live is null, an int or a DateInterval'),
        };
    }

    private static function invalid(string $message): SimpleCacheException
    {
        return new SimpleCacheException($message);
    }
}
