<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\Scheduler;

/**
 * The engine's loop, with callbacks that run in Fibers: Timer::sleep(), channels and the like suspend the callback and
 * not the worker.
 *
 * @internal
 */
trait CoroutineEngineLoop
{
    use EngineLoop {
        delay as private engineDelay;
        repeat as private engineRepeat;
        onReadable as private engineOnReadable;
        onWritable as private engineOnWritable;
        onSignal as private engineOnSignal;
    }

    /**
     * {@inheritdoc}
     */
    public function delay(float $delay, callable $func, array $args = []): int
    {
        return $this->engineDelay($delay, fn (mixed ...$args) => $this->safeCall($func, ...$args), $args);
    }

    /**
     * {@inheritdoc}
     */
    public function repeat(float $interval, callable $func, array $args = []): int
    {
        return $this->engineRepeat($interval, fn (mixed ...$args) => $this->safeCall($func, ...$args), $args);
    }

    /**
     * {@inheritdoc}
     */
    public function onReadable($stream, callable $func): void
    {
        $this->engineOnReadable($stream, fn ($stream) => $this->safeCall($func, $stream));
    }

    /**
     * {@inheritdoc}
     */
    public function onWritable($stream, callable $func): void
    {
        $this->engineOnWritable($stream, fn ($stream) => $this->safeCall($func, $stream));
    }

    /**
     * {@inheritdoc}
     */
    public function onSignal(int $signal, callable $func): void
    {
        $this->engineOnSignal($signal, fn (int $signal) => $this->safeCall($func, $signal));
    }

    protected function safeCall(callable $func, ...$args): void
    {
        Scheduler::start($func, ...$args);
    }
}
