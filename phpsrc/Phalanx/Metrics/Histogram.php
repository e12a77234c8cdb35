<?php

declare(strict_types=1);

namespace Phalanx\Metrics;

/**
 * How often values fell into which range: observe(), and count() and sum() of this process.
 * Phalanx\Metrics::histogram() makes it.
 */
final class Histogram extends HistogramSeries
{
    use Labelled;

    /**
     * Observes how many seconds the callback took, whether it returned or threw. In a coroutine that includes what it
     * waited for.
     *
     * @template T
     * @param callable(): T $callback
     * @return T
     */
    public function time(callable $callback): mixed
    {
        $began = \hrtime(true);
        try {
            return $callback();
        } finally {
            $this->observe((\hrtime(true) - $began) / 1e9);
        }
    }
}
