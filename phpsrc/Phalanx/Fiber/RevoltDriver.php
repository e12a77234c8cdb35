<?php

declare(strict_types=1);

namespace Phalanx\Fiber;

use Closure;
use Revolt\EventLoop\Internal\AbstractDriver;
use Revolt\EventLoop\Internal\DriverCallback;
use Revolt\EventLoop\Internal\SignalCallback;
use Revolt\EventLoop\Internal\StreamReadableCallback;
use Revolt\EventLoop\Internal\StreamWritableCallback;
use Revolt\EventLoop\Internal\TimerCallback;

/**
 * Revolt's event loop on the engine's, for applications that bring revolt/event-loop and run on
 * Workerman\Events\Fiber: libraries that wait by Revolt's suspensions wait here, too. The engine runs inside dispatch()
 * until Revolt has something to do; that is what wakes Revolt, so that requests which do not use it cost nothing more.
 *
 * @internal
 */
final class RevoltDriver extends AbstractDriver
{
    private const READ = 1;

    private const WRITE = 2;

    /** The engine runs inside dispatch(). */
    private bool $dispatching = false;

    /** Revolt has something to do: the engine is to come back, or need not begin. */
    private bool $wanted = false;

    /** The engine's loop has been told to stop for good. */
    private bool $ended = false;

    /** A callback without an engine's timer: Revolt ends when it has none, and the engine's sockets are none. */
    private string $stay = '';

    /** @var array<string, int> the engine's timers, by callback */
    private array $timers = [];

    /** @var array<string, TimerCallback> those of $timers */
    private array $timerCallbacks = [];

    /** @var array<int, array<int, array<string, DriverCallback>>> by mode and stream */
    private array $streams = [self::READ => [], self::WRITE => []];

    /** @var array<int, array<string, SignalCallback>> by signal */
    private array $signals = [];

    /** Runs until end(), or in a plain script until neither Revolt nor the engine waits for anything. */
    public function run(): void
    {
        $this->ended = false;
        $this->stay = parent::repeat(1e9, static function (): void {
        });
        try {
            parent::run();
        } finally {
            $this->cancel($this->stay);
            $this->stay = '';
        }
    }

    /** The engine's loop is to stop, and Revolt's with it. */
    public function end(): void
    {
        $this->ended = true;
        $this->stop();
        \phalanx_loop_stop();
    }

    /** Somebody has deleted all of the engine's timers: those of Revolt are none of theirs. */
    public function timersDeleted(): void
    {
        $this->timers = [];
        foreach ($this->timerCallbacks as $callback) {
            $this->setTimer($callback);
        }
    }

    /** How many of the engine's timers are Revolt's. */
    public function timerCount(): int
    {
        return \count($this->timers);
    }

    /**
     * {@inheritdoc}
     */
    public function queue(Closure $closure, mixed ...$args): void
    {
        parent::queue($closure, ...$args);
        $this->want();
    }

    /**
     * {@inheritdoc}
     */
    public function defer(Closure $closure): string
    {
        $this->want();

        return parent::defer($closure);
    }

    /**
     * {@inheritdoc}
     */
    public function delay(float $delay, Closure $closure): string
    {
        $this->want();

        return parent::delay($delay, $closure);
    }

    /**
     * {@inheritdoc}
     */
    public function repeat(float $interval, Closure $closure): string
    {
        $this->want();

        return parent::repeat($interval, $closure);
    }

    /**
     * {@inheritdoc}
     */
    public function onReadable(mixed $stream, Closure $closure): string
    {
        $this->want();

        return parent::onReadable($stream, $closure);
    }

    /**
     * {@inheritdoc}
     */
    public function onWritable(mixed $stream, Closure $closure): string
    {
        $this->want();

        return parent::onWritable($stream, $closure);
    }

    /**
     * {@inheritdoc}
     */
    public function onSignal(int $signal, Closure $closure): string
    {
        $this->want();

        return parent::onSignal($signal, $closure);
    }

    /**
     * {@inheritdoc}
     */
    public function enable(string $callbackId): string
    {
        $this->want();

        return parent::enable($callbackId);
    }

    /**
     * {@inheritdoc}
     */
    public function stop(): void
    {
        parent::stop();
        $this->want();
    }

    public function getHandle(): mixed
    {
        return null;
    }

    protected function now(): float
    {
        return \hrtime(true) / 1_000_000_000;
    }

    protected function dispatch(bool $blocking): void
    {
        if ($this->ended) {
            return;
        }
        $poll = $blocking && !$this->wanted ? 0 : \phalanx_timer_add(0, \phalanx_loop_stop(...), [], false);
        $this->wanted = false;
        $this->dispatching = true;
        try {
            Scheduler::runLoop(\phalanx_loop_run(...));
        } finally {
            $this->dispatching = false;
            if ($poll) {
                \phalanx_timer_del($poll);
            }
        }
        if ($blocking && !$poll && !$this->wanted && !$this->ended && \phalanx_role() === 'script') {
            $this->stop(); // the engine came back by itself: nobody waits for anything
        }
    }

    /**
     * @param DriverCallback[] $callbacks
     */
    protected function activate(array $callbacks): void
    {
        foreach ($callbacks as $callback) {
            if ($callback instanceof TimerCallback) {
                $this->setTimer($callback);
            } elseif ($callback instanceof StreamReadableCallback) {
                $this->watch(self::READ, $callback->stream, $callback);
            } elseif ($callback instanceof StreamWritableCallback) {
                $this->watch(self::WRITE, $callback->stream, $callback);
            } elseif ($callback instanceof SignalCallback) {
                $this->signals[$callback->signal][$callback->id] = $callback;
                \phalanx_loop_on_signal($callback->signal, function (int $signal): void {
                    $this->due($this->signals[$signal] ?? []);
                });
            }
        }
    }

    protected function deactivate(DriverCallback $callback): void
    {
        if ($callback instanceof TimerCallback) {
            if (isset($this->timers[$callback->id])) {
                \phalanx_timer_del($this->timers[$callback->id]);
            }
            unset($this->timers[$callback->id], $this->timerCallbacks[$callback->id]);
        } elseif ($callback instanceof StreamReadableCallback) {
            $this->unwatch(self::READ, $callback->stream, $callback);
        } elseif ($callback instanceof StreamWritableCallback) {
            $this->unwatch(self::WRITE, $callback->stream, $callback);
        } elseif ($callback instanceof SignalCallback) {
            unset($this->signals[$callback->signal][$callback->id]);
            if (!$this->signals[$callback->signal]) {
                unset($this->signals[$callback->signal]);
                \phalanx_loop_on_signal($callback->signal, null);
            }
        }
    }

    /** @param resource $stream */
    private function watch(int $mode, $stream, DriverCallback $callback): void
    {
        $id = (int)$stream;
        $known = isset($this->streams[$mode][$id]);
        $this->streams[$mode][$id][$callback->id] = $callback;
        if (!$known) {
            \phalanx_loop_watch($stream, $mode, function () use ($mode, $id): void {
                $this->due($this->streams[$mode][$id] ?? []);
            });
        }
    }

    /** @param resource $stream which may have been closed */
    private function unwatch(int $mode, $stream, DriverCallback $callback): void
    {
        $id = (int)$stream;
        unset($this->streams[$mode][$id][$callback->id]);
        if (!($this->streams[$mode][$id] ?? [])) {
            unset($this->streams[$mode][$id]);
            \is_resource($stream) && \phalanx_loop_watch($stream, $mode, null);
        }
    }

    private function setTimer(TimerCallback $callback): void
    {
        if ($callback->id === $this->stay) {
            return;
        }
        $seconds = \max(0.0, $callback->expiration - $this->now());
        $this->timerCallbacks[$callback->id] = $callback;
        $this->timers[$callback->id] = \phalanx_timer_add($seconds, function () use ($callback): void {
            unset($this->timers[$callback->id], $this->timerCallbacks[$callback->id]);
            $this->due([$callback]);
        }, [], false);
    }

    /** @param DriverCallback[] $callbacks */
    private function due(array $callbacks): void
    {
        foreach ($callbacks as $callback) {
            $this->enqueueCallback($callback);
        }
        $this->want();
    }

    private function want(): void
    {
        $this->wanted = true;
        if ($this->dispatching) {
            \phalanx_loop_stop();
        }
    }
}
