<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Shared\Native\Cache as NativeCache;

/**
 * A cache in memory that all workers of the server process share, found by its name and bounded by bytes. Strings and
 * scalars are stored as they are, arrays of them encoded; what holds objects is serialize()d. Nothing from outside can
 * write to it.
 *
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/shared.md
 */
final class Cache extends NativeCache
{
    /** What no value is. */
    private const NONE = "\0Phalanx\\Shared\\Cache\0";

    /**
     * The value, which $compute makes when there is none: of all workers and Fibers that ask for it at once, one calls
     * $compute, and the others wait for its result. When it throws, the exception is its caller's, and the next one
     * who waits computes; the same when its worker dies.
     *
     * @template T
     * @param callable(): T $compute
     * @param ?float $ttl seconds; null: the cache's
     * @param list<string> $tags
     * @param float $stale for so many seconds after its time to live the old value is answered to all but the one who
     *     computes the new one
     * @param float $wait how many seconds to wait for another's computation
     * @return T
     * @throws TimeoutException when another's computation takes longer
     */
    public function remember(
        string $key,
        callable $compute,
        ?float $ttl = null,
        array $tags = [],
        float $stale = 0.0,
        float $wait = 30.0
    ): mixed {
        $value = $this->get($key, self::NONE);
        if ($value !== self::NONE) {
            return $value;
        }
        $lease = $this->tryLease($key) ?? $this->awaitLease($key, $wait);
        if ($lease->isFilled()) {
            return $lease->value();
        }
        try {
            $value = $compute();
            $lease->fill($value, $ttl, $tags, $stale);
        } finally {
            $lease->release(); // the next one's turn, unless there is a value
        }

        return $value;
    }

    /**
     * @param iterable<string|int> $keys
     * @return array<array-key, mixed> under all of the keys
     */
    public function getMultiple(iterable $keys, mixed $default = null): array
    {
        $values = [];
        foreach ($keys as $key) {
            $values[$key] = $this->get((string)$key, $default);
        }

        return $values;
    }

    /**
     * Not one step: others may see some of the values before all are there.
     *
     * @param iterable<array-key, mixed> $values
     * @param list<string> $tags
     * @return bool whether all have been stored
     */
    public function setMultiple(iterable $values, ?float $ttl = null, array $tags = [], float $stale = 0.0): bool
    {
        $all = true;
        foreach ($values as $key => $value) {
            $all = $this->set((string)$key, $value, $ttl, $tags, $stale) && $all;
        }

        return $all;
    }

    /**
     * @param iterable<string|int> $keys
     * @return int how many there were
     */
    public function deleteMultiple(iterable $keys): int
    {
        $count = 0;
        foreach ($keys as $key) {
            $count += (int)$this->delete((string)$key);
        }

        return $count;
    }
}
