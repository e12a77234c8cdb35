<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

use Swow\Channel;
use Throwable;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A channel of ext-swow. Source: workerman/coroutine 1.1.4. */
class Swow implements ChannelInterface
{
    protected Channel $channel;

    public function __construct(protected int $capacity = 1)
    {
        ForeignDriver::need('Swow');
        $this->channel = new Channel($capacity);
    }

    /**
     * {@inheritdoc}
     */
    public function push(mixed $data, float $timeout = -1): bool
    {
        try {
            $this->channel->push($data, self::milliseconds($timeout));
            return true;
        } catch (Throwable) {
            return false; // full for too long, or closed
        }
    }

    /**
     * {@inheritdoc}
     */
    public function pop(float $timeout = -1): mixed
    {
        try {
            return $this->channel->pop(self::milliseconds($timeout));
        } catch (Throwable) {
            return false; // empty for too long, or closed
        }
    }

    /**
     * {@inheritdoc}
     */
    public function length(): int
    {
        return $this->channel->getLength();
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
        return $this->channel->hasConsumers();
    }

    /**
     * {@inheritdoc}
     */
    public function hasProducers(): bool
    {
        return $this->channel->hasProducers();
    }

    /**
     * {@inheritdoc}
     */
    public function close(): void
    {
        $this->channel->close();
    }

    private static function milliseconds(float $seconds): int
    {
        return $seconds < 0 ? -1 : (int)($seconds * 1000);
    }
}
