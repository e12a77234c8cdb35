<?php

declare(strict_types=1);

namespace Phalanx;

use Phalanx\Metrics\Counter;
use Phalanx\Metrics\Gauge;
use Phalanx\Metrics\Histogram;
use Phalanx\Metrics\Merge;
use Phalanx\Metrics\MetricException;
use Phalanx\Metrics\Registry;

/**
 * An application's own figures, on the monitor's /metrics beside Phalanx's.
 *
 * A name means the same metric in every worker. Asking for it again answers it; with another type, labels, buckets,
 * rule or limit it is a MetricException. What is counted outlives reloads.
 */
final class Metrics
{
    /** Bounds for durations in seconds: Prometheus' own. */
    public const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

    /** Bounds for sizes in bytes: 256 B to 64 MiB. */
    public const BYTES = [256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 16777216.0,
        67108864.0];

    /**
     * A number that only grows; its name ends in _total by custom.
     *
     * @param list<string> $labels names, at most 16
     * @param int $maxSeries combinations of label values; what goes past it counts for "_other_"
     * @throws MetricException
     */
    public static function counter(
        string $name,
        string $help = '',
        array $labels = [],
        int $maxSeries = 1000,
    ): Counter {
        Registry::counter($name, $help, $labels, $maxSeries);
        return new Counter($name, []);
    }

    /**
     * A number that goes up and down.
     *
     * @param list<string> $labels names, at most 16
     * @param Merge $merge what is told when several server processes have a value
     * @param int $maxSeries combinations of label values; what goes past it counts for "_other_"
     * @throws MetricException
     */
    public static function gauge(
        string $name,
        string $help = '',
        array $labels = [],
        Merge $merge = Merge::Sum,
        int $maxSeries = 1000,
    ): Gauge {
        Registry::gauge($name, $help, $labels, $merge, $maxSeries);
        return new Gauge($name, []);
    }

    /**
     * How often values fell into which range.
     *
     * @param list<string> $labels names, at most 16
     * @param list<float> $buckets upper bounds, each larger than the one before, at most 100; the last, infinity, is
     *     understood
     * @param int $maxSeries combinations of label values; what goes past it counts for "_other_"
     * @throws MetricException
     */
    public static function histogram(
        string $name,
        string $help = '',
        array $labels = [],
        array $buckets = self::SECONDS,
        int $maxSeries = 1000,
    ): Histogram {
        Registry::histogram($name, $help, $labels, $buckets, $maxSeries);
        return new Histogram($name, []);
    }

    /** What this process has counted, in Prometheus' text format: for scripts without a monitor, and for tests. */
    public static function render(): string
    {
        return Registry::render();
    }
}
