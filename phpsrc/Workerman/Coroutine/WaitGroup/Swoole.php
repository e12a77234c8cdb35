<?php

declare(strict_types=1);

namespace Workerman\Coroutine\WaitGroup;

use Swoole\Coroutine\WaitGroup;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A wait group of ext-swoole. Source: workerman/coroutine 1.1.4. */
class Swoole implements WaitGroupInterface
{
    protected WaitGroup $waitGroup;

    public function __construct()
    {
        ForeignDriver::need('Swoole');
        $this->waitGroup = new WaitGroup();
    }

    /**
     * {@inheritdoc}
     */
    public function add(int $delta = 1): bool
    {
        $this->waitGroup->add(\max($delta, 1));

        return true;
    }

    /**
     * {@inheritdoc}
     */
    public function done(): bool
    {
        if ($this->count() < 1) {
            return false;
        }
        $this->waitGroup->done();

        return true;
    }

    /**
     * {@inheritdoc}
     */
    public function count(): int
    {
        return $this->waitGroup->count();
    }

    /**
     * {@inheritdoc}
     */
    public function wait(int|float $timeout = -1): bool
    {
        return $this->waitGroup->wait((float)$timeout);
    }
}
