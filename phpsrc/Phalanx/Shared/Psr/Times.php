<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use DateInterval;
use DateTimeImmutable;

/**
 * What both PSRs say of times.
 *
 * @internal
 */
trait Times
{
    private static function seconds(DateInterval $ttl): float
    {
        $now = new DateTimeImmutable('@0');

        return (float)$now->add($ttl)->format('U.u');
    }
}
