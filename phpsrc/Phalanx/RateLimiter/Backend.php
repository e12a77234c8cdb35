<?php

declare(strict_types=1);

namespace Phalanx\RateLimiter;

use Phalanx\RateLimiter;

/** Where a RateLimiter counts. Limiters of the same name, limit, period and burst share their keys. */
interface Backend
{
    /**
     * Takes $cost from what the key is allowed, all or nothing and atomically; 0 only looks.
     *
     * @return array{allowed: bool, remaining: int, retryAfter: float, resetAfter: float} remaining: how many would be
     *     allowed now. Times are in seconds; retryAfter is 0.0 when it was allowed, INF when it never will be
     */
    public function attempt(RateLimiter $limiter, string $key, int $cost): array;

    /** Forgets a key. */
    public function reset(RateLimiter $limiter, string $key): void;
}
