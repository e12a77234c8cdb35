<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands for estimates of how many different elements there are.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait HyperLogLogs
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /**
     * Adds elements; whether the estimate may have changed.
     *
     * @param list<string|int|float> $elements
     */
    public function pfAdd(string $key, array $elements): bool
    {
        return $this->send(['PFADD', $key, \array_values($elements)], Client::BOOL);
    }

    /** About how many different elements were added. */
    public function pfCount(string|array $key, string ...$more): int
    {
        return $this->send(['PFCOUNT', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /**
     * Merges others into one.
     *
     * @param list<string> $sources
     */
    public function pfMerge(string $destination, array $sources): bool
    {
        return $this->send(['PFMERGE', $destination, \array_values($sources)], Client::BOOL);
    }
}
