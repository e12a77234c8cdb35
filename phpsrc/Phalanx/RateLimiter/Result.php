<?php

declare(strict_types=1);

namespace Phalanx\RateLimiter;

/** What an attempt has come to. */
final class Result
{
    /**
     * @param int $limit the limiter's
     * @param float $perSeconds the limiter's
     * @param int $burst the limiter's
     * @param int $remaining how many would be allowed now
     * @param float $retryAfter seconds until this would be allowed: 0.0 when it was, INF when it never will be
     * @param float $resetAfter seconds until all of the burst is there again
     */
    public function __construct(
        public readonly bool $allowed,
        public readonly int $limit,
        public readonly float $perSeconds,
        public readonly int $burst,
        public readonly int $remaining,
        public readonly float $retryAfter,
        public readonly float $resetAfter
    ) {
    }

    /**
     * RateLimit-Policy and RateLimit as in the IETF draft "RateLimit header fields for HTTP" (version 10), and
     * Retry-After when it was not allowed.
     *
     * @param string $policy the policy's name in them
     * @return array<string, string>
     */
    public function headers(string $policy = 'default'): array
    {
        $name = '"' . \addcslashes(\preg_replace('/[^\x20-\x7e]/', '', $policy), '"\\') . '"';
        $headers = [
            'RateLimit-Policy' => "$name;q={$this->limit};w=" . self::seconds($this->perSeconds),
            'RateLimit' => "$name;r={$this->remaining};t=" . self::seconds($this->resetAfter),
        ];
        if (!$this->allowed && $this->retryAfter !== \INF) {
            $headers['Retry-After'] = (string)self::seconds($this->retryAfter);
        }

        return $headers;
    }

    /** Whole seconds, after which it is so for certain. */
    private static function seconds(float $seconds): int
    {
        return \max(1, (int)\ceil($seconds));
    }
}
