<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use InvalidArgumentException;
use Phalanx\Fiber\Scheduler;
use Workerman\Coroutine\Channel\ChannelInterface;
use Workerman\Coroutine\Channel\Fiber;
use Workerman\Coroutine\Channel\Memory;

/** A queue between coroutines. Source: workerman/coroutine 1.1.4. */
class Channel implements ChannelInterface
{
    protected ChannelInterface $driver;

    /**
     * @throws InvalidArgumentException when the capacity is less than 1
     */
    public function __construct(int $capacity = 1)
    {
        if ($capacity < 1) {
            throw new InvalidArgumentException('The capacity must be greater than 0');
        }
        $this->driver = Scheduler::hasCoroutineLoop() ? new Fiber($capacity) : new Memory($capacity);
    }

    /**
     * {@inheritdoc}
     */
    public function push(mixed $data, float $timeout = -1): bool
    {
        return $this->driver->push($data, $timeout);
    }

    /**
     * {@inheritdoc}
     */
    public function pop(float $timeout = -1): mixed
    {
        return $this->driver->pop($timeout);
    }

    /**
     * {@inheritdoc}
     */
    public function length(): int
    {
        return $this->driver->length();
    }

    /**
     * {@inheritdoc}
     */
    public function getCapacity(): int
    {
        return $this->driver->getCapacity();
    }

    /**
     * {@inheritdoc}
     */
    public function hasConsumers(): bool
    {
        return $this->driver->hasConsumers();
    }

    /**
     * {@inheritdoc}
     */
    public function hasProducers(): bool
    {
        return $this->driver->hasProducers();
    }

    /**
     * {@inheritdoc}
     */
    public function close(): void
    {
        $this->driver->close();
    }
}
