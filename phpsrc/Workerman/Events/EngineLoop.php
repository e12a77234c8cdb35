<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\Scheduler;

/**
 * The engine's loop of the calling thread. Every upstream driver name runs on it, so which one an application picks
 * changes nothing. Objects hold no state: two of them are the same loop.
 *
 * @internal
 */
trait EngineLoop
{
    /**
     * {@inheritdoc}
     */
    public function delay(float $delay, callable $func, array $args = []): int
    {
        return \phalanx_timer_add($delay, $func, $args, false);
    }

    /**
     * {@inheritdoc}
     */
    public function offDelay(int $timerId): bool
    {
        return \phalanx_timer_del($timerId);
    }

    /**
     * {@inheritdoc}
     */
    public function repeat(float $interval, callable $func, array $args = []): int
    {
        return \phalanx_timer_add($interval, $func, $args, true);
    }

    /**
     * {@inheritdoc}
     */
    public function offRepeat(int $timerId): bool
    {
        return \phalanx_timer_del($timerId);
    }

    /**
     * {@inheritdoc}
     */
    public function onReadable($stream, callable $func): void
    {
        \phalanx_loop_watch($stream, 1, $func);
    }

    /**
     * {@inheritdoc}
     */
    public function offReadable($stream): bool
    {
        return \is_resource($stream) && \phalanx_loop_watch($stream, 1, null);
    }

    /**
     * {@inheritdoc}
     */
    public function onWritable($stream, callable $func): void
    {
        \phalanx_loop_watch($stream, 2, $func);
    }

    /**
     * {@inheritdoc}
     */
    public function offWritable($stream): bool
    {
        return \is_resource($stream) && \phalanx_loop_watch($stream, 2, null);
    }

    /**
     * {@inheritdoc}
     */
    public function onSignal(int $signal, callable $func): void
    {
        \phalanx_loop_on_signal($signal, $func);
    }

    /**
     * {@inheritdoc}
     */
    public function offSignal(int $signal): bool
    {
        return \phalanx_loop_on_signal($signal, null);
    }

    /**
     * {@inheritdoc}
     */
    public function deleteAllTimer(): void
    {
        \phalanx_timer_clear();
        Scheduler::timersDeleted();
    }

    /**
     * {@inheritdoc}
     */
    public function run(): void
    {
        Scheduler::runLoop();
    }

    /**
     * {@inheritdoc}
     */
    public function stop(): void
    {
        \phalanx_timer_clear();
        Scheduler::timersDeleted();
        \phalanx_loop_stop();
    }

    /**
     * {@inheritdoc}
     */
    public function getTimerCount(): int
    {
        return \phalanx_timer_count();
    }

    /**
     * {@inheritdoc}
     */
    public function setErrorHandler(callable $errorHandler): void
    {
        \phalanx_loop_on_error($errorHandler);
    }
}
