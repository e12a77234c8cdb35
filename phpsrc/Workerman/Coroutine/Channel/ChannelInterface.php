<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Channel;

/** A queue between coroutines. Source: workerman/coroutine 1.1.4. */
interface ChannelInterface
{
    /**
     * @param float $timeout seconds; negative: no limit, 0: do not wait
     * @return bool false: the channel is closed, or stayed full
     */
    public function push(mixed $data, float $timeout = -1): bool;

    /**
     * @param float $timeout seconds; negative: no limit, 0: do not wait
     * @return mixed false: the channel is closed, or stayed empty
     */
    public function pop(float $timeout = -1): mixed;

    public function length(): int;

    public function getCapacity(): int;

    /** Whether a coroutine waits in pop(). */
    public function hasConsumers(): bool;

    /** Whether a coroutine waits in push(). */
    public function hasProducers(): bool;

    /** Ends all waits and refuses what is pushed; what is inside can still be popped. */
    public function close(): void;
}
