<?php

declare(strict_types=1);

namespace Workerman\Coroutine\WaitGroup;

use Swow\Sync\WaitGroup;
use Throwable;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A wait group of ext-swow. Source: workerman/coroutine 1.1.4. */
class Swow implements WaitGroupInterface
{
    protected WaitGroup $waitGroup;

    protected int $count;

    public function __construct()
    {
        ForeignDriver::need('Swow');
        $this->waitGroup = new WaitGroup();
        $this->count = 0;
    }

    /**
     * {@inheritdoc}
     */
    public function add(int $delta = 1): bool
    {
        $delta = \max($delta, 1);
        $this->waitGroup->add($delta);
        $this->count += $delta;

        return true;
    }

    /**
     * {@inheritdoc}
     */
    public function done(): bool
    {
        if ($this->count < 1) {
            return false;
        }
        --$this->count;
        $this->waitGroup->done();

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
        try {
            $this->waitGroup->wait($timeout < 0 ? -1 : (int)($timeout * 1000));
            return true;
        } catch (Throwable) {
            return false; // not in time
        }
    }
}
