<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

use Phalanx\Fiber\Scheduler;

/**
 * The channel of loops that are no coroutine loops: only code inside a coroutine waits, other code gets its answer at
 * once. Source: workerman/coroutine 1.1.4, where nothing waits.
 */
class Memory implements ChannelInterface
{
    use WaitingQueue;

    /** @param int $capacity 0: no limit */
    public function __construct(int $capacity = 0)
    {
        $this->bound = $capacity;
    }

    private function hasRoom(): bool
    {
        return $this->bound === 0 || \count($this->queue) < $this->bound;
    }

    private function mayWait(): bool
    {
        return Scheduler::mayWait();
    }
}
