<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

use Swoole\Coroutine\Channel;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A channel of ext-swoole. Source: workerman/coroutine 1.1.4. */
class Swoole implements ChannelInterface
{
    protected Channel $channel;

    public function __construct(protected int $capacity = 1)
    {
        ForeignDriver::need('Swoole');
        $this->channel = new Channel($capacity);
    }

    /**
     * {@inheritdoc}
     */
    public function push(mixed $data, float $timeout = -1): bool
    {
        return $timeout == 0 && $this->channel->isFull() ? false : $this->channel->push($data, $timeout);
    }

    /**
     * {@inheritdoc}
     */
    public function pop(float $timeout = -1): mixed
    {
        return $timeout == 0 && $this->channel->isEmpty() ? false : $this->channel->pop($timeout);
    }

    /**
     * {@inheritdoc}
     */
    public function length(): int
    {
        return $this->channel->length();
    }

    /**
     * {@inheritdoc}
     */
    public function getCapacity(): int
    {
        return $this->capacity;
    }

    /**
     * {@inheritdoc}
     */
    public function hasConsumers(): bool
    {
        return $this->channel->stats()['consumer_num'] > 0;
    }

    /**
     * {@inheritdoc}
     */
    public function hasProducers(): bool
    {
        return $this->channel->stats()['producer_num'] > 0;
    }

    /**
     * {@inheritdoc}
     */
    public function close(): void
    {
        $this->channel->close();
    }
}
