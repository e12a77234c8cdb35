<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Barrier;

use Fiber as BaseFiber;
use Phalanx\Fiber\Suspension;
use Workerman\Coroutine\Utils\DestructionWatcher;

/** A barrier of Fibers; code outside of them never waits. Source: workerman/coroutine 1.1.4. */
class Fiber implements BarrierInterface
{
    /**
     * {@inheritdoc}
     */
    public static function wait(object &$barrier, int $timeout = -1): void
    {
        if (!BaseFiber::getCurrent()) {
            $barrier = null;
            return;
        }
        $wait = new Suspension();
        DestructionWatcher::watch($barrier, static fn () => $wait->wake(true));
        $barrier = null;
        $wait->wait($timeout);
    }

    /**
     * {@inheritdoc}
     */
    public static function create(): object
    {
        return new DestructionWatcher();
    }
}
