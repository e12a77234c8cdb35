<?php

declare(strict_types=1);

namespace Phalanx\RateLimiter;

use Phalanx\RateLimiter;
use Phalanx\Redis;

/**
 * Counts in Redis, for all processes and machines that use the same server: by its clock, in one round trip. Each key
 * is one key there, which goes when all of its burst is back.
 *
 *     $limiter = new RateLimiter('api', limit: 100, perSeconds: 60, backend: new RedisBackend($redis));
 */
final class RedisBackend implements Backend
{
    public function __construct(private readonly Redis $redis, private readonly string $prefix = 'limit:')
    {
    }

    /** @throws Redis\Exception\RedisException */
    public function attempt(RateLimiter $limiter, string $key, int $cost): array
    {
        $never = $cost > $limiter->burst;
        $limit = $this->redis->limit(
            $this->key($limiter, $key),
            $limiter->limit,
            $limiter->perSeconds,
            $limiter->burst,
            $never ? 0 : $cost
        );

        return [
            'allowed' => !$never && $limit->allowed,
            'remaining' => $limit->remaining,
            'retryAfter' => $never ? \INF : $limit->retryAfter,
            'resetAfter' => $limit->resetAfter,
        ];
    }

    /** @throws Redis\Exception\RedisException */
    public function reset(RateLimiter $limiter, string $key): void
    {
        $this->redis->del($this->key($limiter, $key));
    }

    private function key(RateLimiter $limiter, string $key): string
    {
        return "$this->prefix$limiter->name:$key";
    }
}
