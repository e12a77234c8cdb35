<?php

declare(strict_types=1);

namespace Phalanx\Metrics;

/** A number that only grows: inc(), add(), and value() of this process. Phalanx\Metrics::counter() makes it. */
final class Counter extends CounterSeries
{
    use Labelled;
}
