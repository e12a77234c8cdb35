<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use Phalanx\Shared\Cache;
use Psr\Cache\CacheItemInterface;
use Psr\Cache\CacheItemPoolInterface;

/** A shared cache as PSR-6 has it, for psr/cache 1, 2 and 3. Deferred items are this object's until commit(). */
final class CachePool implements CacheItemPoolInterface
{
    use Keys;

    /** What no value is. */
    private const NONE = "\0Phalanx\\Shared\\Psr\\CachePool\0";

    /** @var array<string, CacheItem> by key in the cache */
    private array $deferred = [];

    /** @param string $prefix before all keys, so that several adapters can share a cache; clear() keeps to it */
    public function __construct(private readonly Cache $cache, private readonly string $prefix = '')
    {
    }

    public function __destruct()
    {
        $this->commit();
    }

    /** @param string $key */
    public function getItem($key): CacheItem
    {
        $stored = $this->key($key);
        if (isset($this->deferred[$stored])) {
            return $this->deferred[$stored]->stored();
        }
        $value = $this->cache->get($stored, self::NONE);

        return $value === self::NONE ? new CacheItem($key, null, false) : new CacheItem($key, $value, true);
    }

    /**
     * @param list<string> $keys
     * @return array<string, CacheItem>
     */
    public function getItems(array $keys = []): iterable
    {
        $items = [];
        foreach ($keys as $key) {
            $items[$key] = $this->getItem($key);
        }

        return $items;
    }

    /** @param string $key */
    public function hasItem($key): bool
    {
        return $this->getItem($key)->isHit();
    }

    public function clear(): bool
    {
        $this->deferred = [];
        $this->clearAll($this->cache);

        return true;
    }

    /** @param string $key */
    public function deleteItem($key): bool
    {
        $key = $this->key($key);
        unset($this->deferred[$key]);
        $this->cache->delete($key);

        return true;
    }

    public function deleteItems(array $keys): bool
    {
        \array_map($this->key(...), $keys); // none is deleted when one is no key
        foreach ($keys as $key) {
            $this->deleteItem($key);
        }

        return true;
    }

    public function save(CacheItemInterface $item): bool
    {
        $item = self::own($item);
        $key = $this->key($item->getKey());
        unset($this->deferred[$key]);
        [$value, $seconds] = $item->toStore();
        if ($seconds === null) {
            return $this->cache->set($key, $value);
        }
        if ($seconds <= 0) {
            $this->cache->delete($key);
            return true;
        }

        return $this->cache->set($key, $value, $seconds);
    }

    public function saveDeferred(CacheItemInterface $item): bool
    {
        $item = self::own($item);
        $this->deferred[$this->key($item->getKey())] = clone $item;

        return true;
    }

    public function commit(): bool
    {
        $all = true;
        foreach ($this->deferred as $item) {
            $all = $this->save($item) && $all;
        }

        return $all;
    }

    private static function own(CacheItemInterface $item): CacheItem
    {
        return $item instanceof CacheItem ? $item : throw self::invalid('This pool saves items that it has made');
    }

    private static function invalid(string $message): CachePoolException
    {
        return new CachePoolException($message);
    }
}
