<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use IteratorAggregate;
use Phalanx\Shared\Native\Channel as NativeChannel;
use Traversable;

/**
 * A bounded queue between the workers of the server process, found by its name: any number push, any number pop, each
 * value is popped once, in order. Values are copies, as those of Cache.
 *
 *     $jobs = new Channel('jobs', capacity: 1000);
 *
 * @implements IteratorAggregate<int, mixed>
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/shared.md
 */
final class Channel extends NativeChannel implements IteratorAggregate
{
    /** What no value is. */
    private const NONE = "\0Phalanx\\Shared\\Channel\0";

    /**
     * Puts a value in, and waits for room. The Fiber waits, the worker goes on; outside a Fiber the worker waits.
     *
     * @param ?float $timeout seconds; null: 30, INF: without end
     * @throws TimeoutException
     * @throws ClosedException
     * @throws LimitException when the value is larger than the channel
     */
    public function push(mixed $value, ?float $timeout = null): void
    {
        if (!$this->tryPush($value)) {
            $this->pushWait($value, $timeout);
        }
    }

    /**
     * Takes the oldest value, and waits for one.
     *
     * @param ?float $timeout seconds; null: 30, INF: without end
     * @throws TimeoutException
     * @throws ClosedException when it is closed and empty
     */
    public function pop(?float $timeout = null): mixed
    {
        $value = $this->tryPop(self::NONE);

        return $value !== self::NONE ? $value : $this->popWait($timeout)->take();
    }

    /**
     * Takes a value from the first of the channels that has one.
     *
     * @template K of array-key
     * @param non-empty-array<K, self> $channels with values in several, the first in this order
     * @param ?float $timeout seconds; null: 30, INF: without end
     * @return array{K, mixed} the channel's key, the value
     * @throws TimeoutException
     * @throws ClosedException when one of them is closed and empty
     */
    public static function select(array $channels, ?float $timeout = null): array
    {
        $delivery = self::selectWait(\array_values($channels), $timeout);

        return [\array_keys($channels)[$delivery->index()], $delivery->take()];
    }

    /** Values as they come, until the channel is closed and empty. */
    public function getIterator(): Traversable
    {
        try {
            while (true) {
                yield $this->pop(\INF);
            }
        } catch (ClosedException) {
            return;
        }
    }
}
