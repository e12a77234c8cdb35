<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

use Phalanx\Fiber\Suspension;

/**
 * A bounded queue. Who comes to a full or an empty one waits in line, where it can wait.
 *
 * @internal
 */
trait WaitingQueue
{
    /** @var list<mixed> */
    private array $queue = [];

    private int $bound;

    private bool $closed = false;

    /** @var array<int, Suspension> in pop(); woken with [value] */
    private array $consumers = [];

    /** @var array<int, array{Suspension, mixed}> in push(), each with its value; woken with true */
    private array $producers = [];

    /**
     * {@inheritdoc}
     */
    public function push(mixed $data, float $timeout = -1): bool
    {
        if ($this->closed) {
            return false;
        }
        foreach ($this->consumers as $id => $consumer) {
            unset($this->consumers[$id]);
            if ($consumer->wake([$data])) {
                return true;
            }
        }
        if ($this->hasRoom()) {
            $this->queue[] = $data;
            return true;
        }
        if ($timeout == 0 || !$this->mayWait()) {
            return false;
        }
        $wait = new Suspension();
        $id = \spl_object_id($wait);
        $this->producers[$id] = [$wait, $data];
        try {
            return $wait->wait($timeout) === true;
        } finally {
            unset($this->producers[$id]);
        }
    }

    /**
     * {@inheritdoc}
     */
    public function pop(float $timeout = -1): mixed
    {
        if ($this->queue) {
            $data = \array_shift($this->queue);
            \array_push($this->queue, ...$this->takeFromProducer());
            return $data;
        }
        foreach ($this->takeFromProducer() as $data) {
            return $data;
        }
        if ($this->closed || $timeout == 0 || !$this->mayWait()) {
            return false;
        }
        $wait = new Suspension();
        $id = \spl_object_id($wait);
        $this->consumers[$id] = $wait;
        try {
            return $wait->wait($timeout)[0] ?? false;
        } finally {
            unset($this->consumers[$id]);
        }
    }

    /**
     * {@inheritdoc}
     */
    public function length(): int
    {
        return \count($this->queue);
    }

    /**
     * {@inheritdoc}
     */
    public function getCapacity(): int
    {
        return $this->bound;
    }

    /**
     * {@inheritdoc}
     */
    public function hasConsumers(): bool
    {
        return $this->consumers !== [];
    }

    /**
     * {@inheritdoc}
     */
    public function hasProducers(): bool
    {
        return $this->producers !== [];
    }

    /**
     * {@inheritdoc}
     */
    public function close(): void
    {
        $this->closed = true;
        foreach ($this->consumers as $consumer) {
            $consumer->wake(null);
        }
        foreach ($this->producers as [$producer]) {
            $producer->wake(false);
        }
        $this->consumers = $this->producers = [];
    }

    /** @return list<mixed> one value, or none */
    private function takeFromProducer(): array
    {
        foreach ($this->producers as $id => [$producer, $data]) {
            unset($this->producers[$id]);
            if ($producer->wake(true)) {
                return [$data];
            }
        }

        return [];
    }
}
