<?php

declare(strict_types=1);

namespace Phalanx;

use Phalanx\RateLimiter\Backend;
use Phalanx\RateLimiter\Local;
use Phalanx\RateLimiter\LocalBackend;
use Phalanx\RateLimiter\Result;

/**
 * Allows each key a number of things in a period of time, by the generic cell rate algorithm: what was taken comes back
 * evenly, not at the edge of a window.
 *
 *     $limiter = new RateLimiter('api', limit: 100, perSeconds: 60);
 *     if (!$limiter->allow($connection->getRemoteIp())) { ... }
 *
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/rate-limiter.md
 */
final class RateLimiter
{
    private readonly Backend $backend;

    private readonly ?Local $local;

    /**
     * @param string $name limiters of one name are one limiter, in all workers
     * @param int $limit how many
     * @param float $perSeconds in how many seconds
     * @param ?int $burst how many at once; null: $limit
     * @param int $maxKeys how many keys are kept; past it those are forgotten that have most of their burst. A
     *     backend that keeps keys elsewhere has bounds of its own
     * @param ?Backend $backend where to count; null: in the memory of the server process
     * @throws Shared\OptionsException when the name is in use with other options
     */
    public function __construct(
        public readonly string $name,
        public readonly int $limit,
        public readonly float $perSeconds = 1.0,
        ?int $burst = null,
        int $maxKeys = 1_000_000,
        ?Backend $backend = null
    ) {
        $this->burst = $burst ?? $limit;
        $this->local = $backend === null ? new Local($name, $limit, $perSeconds, $this->burst, $maxKeys) : null;
        $this->backend = $backend ?? new LocalBackend($this->local);
    }

    public readonly int $burst;

    /** Takes one from what a key is allowed, and says whether it was. */
    public function allow(string $key): bool
    {
        return $this->local !== null ? $this->local->allow($key) : $this->attempt($key)->allowed;
    }

    /**
     * Takes $cost from what a key is allowed, or nothing when that is too much.
     *
     * @param int $cost 0 only looks
     */
    public function attempt(string $key, int $cost = 1): Result
    {
        $outcome = $this->backend->attempt($this, $key, $cost);

        return new Result(
            $outcome['allowed'],
            $this->limit,
            $this->perSeconds,
            $this->burst,
            $outcome['remaining'],
            $outcome['retryAfter'],
            $outcome['resetAfter']
        );
    }

    /** Forgets a key: it has all of its burst again. */
    public function reset(string $key): void
    {
        $this->backend->reset($this, $key);
    }

    /**
     * Of the limiter in memory; with a backend, nothing.
     *
     * @return array{keys?: int, allowed?: int, denied?: int, evicted?: int}
     */
    public function stats(): array
    {
        return $this->local?->stats() ?? [];
    }
}
