<?php

declare(strict_types=1);

namespace Phalcon\Time\Clock;

use DateTimeImmutable;

/** Tells the time (PSR-20's method): a test hands in one that stands still. */
interface ClockInterface
{
    public function now(): DateTimeImmutable;
}
