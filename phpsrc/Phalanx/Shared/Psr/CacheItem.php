<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use DateInterval;
use DateTimeInterface;
use Psr\Cache\CacheItemInterface;

/** An item of a CachePool. */
final class CacheItem implements CacheItemInterface
{
    use Times;

    /** Unix time; null: the cache's own time to live counts. */
    private ?float $expires = null;

    /** @internal CachePool makes them */
    public function __construct(private readonly string $key, private mixed $value, private bool $hit)
    {
    }

    public function getKey(): string
    {
        return $this->key;
    }

    public function get(): mixed
    {
        return $this->hit ? $this->value : null;
    }

    public function isHit(): bool
    {
        return $this->hit;
    }

    public function set($value): static
    {
        $this->value = $value;

        return $this;
    }

    /** @param ?DateTimeInterface $expiration */
    public function expiresAt($expiration): static
    {
        if ($expiration !== null && !$expiration instanceof DateTimeInterface) {
            throw self::invalid('An item expires at null or a DateTimeInterface');
        }
        $this->expires = $expiration === null ? null : (float)$expiration->format('U.u');

        return $this;
    }

    /** @param null|int|DateInterval $time */
    public function expiresAfter($time): static
    {
        $this->expires = match (true) {
            $time === null => null,
            \is_int($time) => \microtime(true) + $time,
            $time instanceof DateInterval => \microtime(true) + self::seconds($time),
            default => throw self::invalid('An item expires after null, an int or a DateInterval'),
        };

        return $this;
    }

    /**
     * @internal
     * @return array{mixed, ?float} what to store, for how many seconds
     */
    public function toStore(): array
    {
        return [$this->value, $this->expires === null ? null : $this->expires - \microtime(true)];
    }

    /** @internal as one that a getItem() after it answers */
    public function stored(): self
    {
        $copy = clone $this;
        $copy->hit = ($this->toStore()[1] ?? 1.0) > 0;

        return $copy;
    }

    private static function invalid(string $message): CachePoolException
    {
        return new CachePoolException($message);
    }
}
