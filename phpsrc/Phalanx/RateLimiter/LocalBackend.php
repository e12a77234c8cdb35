<?php

declare(strict_types=1);

namespace Phalanx\RateLimiter;

use Phalanx\RateLimiter;

/**
 * Counts in the memory of the server process.
 *
 * @internal
 */
final class LocalBackend implements Backend
{
    public function __construct(private readonly Local $local)
    {
    }

    public function attempt(RateLimiter $limiter, string $key, int $cost): array
    {
        return $this->local->attempt($key, $cost);
    }

    public function reset(RateLimiter $limiter, string $key): void
    {
        $this->local->reset($key);
    }
}
