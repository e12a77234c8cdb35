<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use NoDiscard;
use Workerman\Worker;

/**
 * What locks and semaphores have in common. Permits are given in the order of asking. Who has one is the Permit:
 * nothing is re-entrant, and a Permit that nobody refers to any more is released, as is every one when its script ends.
 *
 * @internal
 */
trait Waiting
{
    private static ?string $holder = null;

    /**
     * Waits for a permit. The Fiber waits, the worker goes on; outside a Fiber the worker waits.
     *
     * @param ?float $timeout seconds; null: 30, INF: without end
     * @param ?string $holder what holders() and messages call this holder; null: the worker and its process
     * @return Permit keep it: it is released when it is let go of
     * @throws TimeoutException
     */
    #[NoDiscard('a permit that nobody keeps is released at once')]
    public function acquire(?float $timeout = null, ?string $holder = null): Permit
    {
        $holder ??= self::$holder ??= self::describe();

        return parent::tryAcquire($holder) ?? $this->wait($holder, $timeout);
    }

    /**
     * @return ?Permit null: none is free, or others wait already
     */
    public function tryAcquire(?string $holder = null): ?Permit
    {
        return parent::tryAcquire($holder ?? self::$holder ??= self::describe());
    }

    /**
     * Calls $callback with a permit and releases it after that, whatever happens.
     *
     * @template T
     * @param callable(): T $callback
     * @param ?float $timeout seconds to wait for the permit; null: 30, INF: without end
     * @return T
     * @throws TimeoutException
     */
    public function synchronized(callable $callback, ?float $timeout = null): mixed
    {
        $permit = $this->acquire($timeout);
        try {
            return $callback();
        } finally {
            $permit->release();
        }
    }

    private static function describe(): string
    {
        if (\phalanx_role() === 'slot' && ($worker = \array_values(Worker::getAllWorkers())[0] ?? null)) {
            return "worker {$worker->name} #{$worker->id} (process " . \getmypid() . ')';
        }

        return \basename($_SERVER['argv'][0] ?? '') . ' (process ' . \getmypid() . ')';
    }
}
