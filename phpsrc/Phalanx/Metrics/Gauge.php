<?php

declare(strict_types=1);

namespace Phalanx\Metrics;

/**
 * A number that goes up and down: set(), inc(), dec(), add(), and value() of this process.
 * Phalanx\Metrics::gauge() makes it.
 */
final class Gauge extends GaugeSeries
{
    use Labelled;

    /**
     * Counts while the callback runs: how many are under way.
     *
     * @template T
     * @param callable(): T $callback
     * @return T
     */
    public function track(callable $callback): mixed
    {
        $this->inc();
        try {
            return $callback();
        } finally {
            $this->dec();
        }
    }
}
