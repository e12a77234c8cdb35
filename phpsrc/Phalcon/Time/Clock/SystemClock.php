<?php

declare(strict_types=1);

namespace Phalcon\Time\Clock;

use DateTimeImmutable;
use DateTimeZone;

/** The machine's clock. */
final class SystemClock implements ClockInterface
{
    private DateTimeZone $timezone;

    public function __construct(DateTimeZone $timezone)
    {
        $this->timezone = $timezone;
    }

    /** In PHP's default time zone. */
    public static function fromSystemTimezone(): SystemClock
    {
        return new self(new DateTimeZone(date_default_timezone_get()));
    }

    public static function fromUTC(): SystemClock
    {
        return new self(new DateTimeZone('UTC'));
    }

    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable('now', $this->timezone);
    }
}
