<?php

declare(strict_types=1);

namespace Phalcon\Time\Clock;

use DateTimeImmutable;
use DateTimeZone;
use Phalcon\Time\Clock\Exceptions\InvalidModifier;
use Throwable;

/** A clock that stands still until it is set. */
final class FrozenClock implements ClockInterface
{
    private DateTimeImmutable $now;

    public function __construct(DateTimeImmutable $now)
    {
        $this->now = $now;
    }

    /** Stands at the present, in PHP's default time zone. */
    public static function fromSystemTimezone(): FrozenClock
    {
        return new self(new DateTimeImmutable('now', new DateTimeZone(date_default_timezone_get())));
    }

    /** Stands at the present, in UTC. */
    public static function fromUTC(): FrozenClock
    {
        return new self(new DateTimeImmutable('now', new DateTimeZone('UTC')));
    }

    /** Moves the clock by what DateTimeImmutable::modify() understands, such as "+1 hour". */
    public function adjust(string $modifier): static
    {
        try {
            $this->now = $this->now->modify($modifier);
        } catch (Throwable $e) {
            throw new InvalidModifier($modifier, $e);
        }

        return $this;
    }

    public function now(): DateTimeImmutable
    {
        return $this->now;
    }

    public function set(DateTimeImmutable $now): static
    {
        $this->now = $now;

        return $this;
    }
}
