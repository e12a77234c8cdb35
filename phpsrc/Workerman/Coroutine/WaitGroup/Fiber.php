<?php

declare(strict_types=1);

namespace Workerman\Coroutine\WaitGroup;

use Workerman\Coroutine\Channel\Fiber as Channel;

/** A wait group of Fibers; code outside of them never waits. Source: workerman/coroutine 1.1.4. */
class Fiber implements WaitGroupInterface
{
    protected int $count;

    protected Channel $channel;

    public function __construct()
    {
        $this->count = 0;
        $this->channel = new Channel(1);
    }

    /**
     * {@inheritdoc}
     */
    public function add(int $delta = 1): bool
    {
        $this->count += \max($delta, 1);

        return true;
    }

    /**
     * {@inheritdoc}
     *
     * @return bool false: there was nothing left to be done
     */
    public function done(): bool
    {
        if ($this->count < 1) {
            return false;
        }
        if (--$this->count === 0) {
            while ($this->channel->hasConsumers()) {
                $this->channel->push(true, 0);
            }
        }

        return true;
    }

    /**
     * {@inheritdoc}
     */
    public function count(): int
    {
        return $this->count;
    }

    /**
     * {@inheritdoc}
     */
    public function wait(int|float $timeout = -1): bool
    {
        return $this->count === 0 || $this->channel->pop($timeout) === true;
    }
}
