<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

use Fiber as BaseFiber;

/** A channel between Fibers; code outside of them never waits. Source: workerman/coroutine 1.1.4. */
class Fiber implements ChannelInterface
{
    use WaitingQueue;

    public function __construct(int $capacity = 1)
    {
        $this->bound = $capacity;
    }

    private function hasRoom(): bool
    {
        return \count($this->queue) < $this->bound;
    }

    private function mayWait(): bool
    {
        return BaseFiber::getCurrent() !== null;
    }
}
