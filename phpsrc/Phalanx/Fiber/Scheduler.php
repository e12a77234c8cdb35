<?php

declare(strict_types=1);

namespace Phalanx\Fiber;

use Fiber;
use SplQueue;
use Throwable;
use WeakMap;
use Workerman\Worker;

/**
 * Fibers on the engine's loop. A Fiber is started by whoever makes it; once it waits, only the loop resumes it. What it
 * throws after that reaches the loop's error handler, as an exception of any other callback.
 *
 * @internal
 */
final class Scheduler
{
    /** @var ?WeakMap<Fiber, true> the Fibers that were started here */
    private static ?WeakMap $fibers = null;

    /** @var ?SplQueue<Suspension> woken, to be resumed by the loop */
    private static ?SplQueue $ready = null;

    /** A timer that empties the queue is under way. */
    private static bool $armed = false;

    /** The Fiber in which the loop itself runs; it must not wait for the loop. */
    private static ?Fiber $loopFiber = null;

    /**
     * Runs a callback in a Fiber, on a coroutine loop. What it throws before it first waits is thrown here.
     */
    public static function start(callable $callback, mixed ...$args): void
    {
        \phalanx_fiber_run($callback, ...$args);
    }

    /** Runs a callback in a Fiber that may wait on every loop. What it throws before it waits is thrown here. */
    public static function spawn(callable $callback, mixed ...$args): void
    {
        $fiber = new Fiber($callback);
        self::adopt($fiber);
        $fiber->start(...$args);
    }

    /** From now on this Fiber may wait, whichever loop the worker asked for. */
    public static function adopt(Fiber $fiber): void
    {
        self::$fibers ??= new WeakMap();
        self::$fibers[$fiber] = true;
    }

    /**
     * Whether the calling code may wait: it runs in a Fiber that was started here, or the worker's loop is a coroutine
     * one and it runs in any Fiber. Other code blocks, as upstream.
     */
    public static function mayWait(): bool
    {
        $fiber = Fiber::getCurrent();

        return $fiber !== null && (isset(self::$fibers[$fiber])
            || ($fiber !== self::$loopFiber && self::hasCoroutineLoop()));
    }

    public static function hasCoroutineLoop(): bool
    {
        return Worker::$globalEvent instanceof CoroutineLoop;
    }

    /**
     * Calls a callback of a connection, in a Fiber when the worker's loop is a coroutine one. What it throws goes to
     * $onError.
     *
     * @param callable(Throwable): void $onError
     */
    public static function call(callable $callback, callable $onError, mixed ...$args): void
    {
        if (self::hasCoroutineLoop() && !self::mayWait()) {
            self::start(self::call(...), $callback, $onError, ...$args);
            return;
        }
        try {
            $callback(...$args);
        } catch (Throwable $e) {
            $onError($e);
        }
    }

    /**
     * Calls a callable that Go holds, in a Fiber, and tells Go what came of it.
     *
     * @param list<mixed> $args
     */
    public static function answer(callable $callback, array $args, int $question): void
    {
        $start = self::hasCoroutineLoop() ? self::start(...) : self::spawn(...);
        $start(static function () use ($callback, $args, $question): void {
            try {
                $value = $callback(...$args);
            } catch (Throwable $e) {
                \phalanx_callable_thrown($question, $e);
                return;
            }
            \phalanx_callable_answer($question, $value);
        });
    }

    /** Suspends the current Fiber; see mayWait(). */
    public static function sleep(float $seconds): void
    {
        (new Suspension())->wait(\max(0.0, $seconds));
    }

    public static function enqueue(Suspension $suspension): void
    {
        self::$ready ??= new SplQueue();
        self::$ready->enqueue($suspension);
        self::arm();
    }

    /** Somebody has deleted all timers. */
    public static function timersDeleted(): void
    {
        self::$armed = false;
        self::arm();
    }

    /** Returns when the loop has stopped. */
    public static function runLoop(): void
    {
        $outer = self::$loopFiber;
        self::$loopFiber = Fiber::getCurrent();
        try {
            \phalanx_loop_run(self::hasCoroutineLoop());
        } finally {
            self::$loopFiber = $outer;
        }
    }

    /** In a script whose loop does not run at the moment: those that have been woken go on. */
    public static function settle(): void
    {
        if (self::$ready?->count() && !\phalanx_loop_running() && \phalanx_role() === 'script') {
            // Behind the timer that empties the queue.
            \phalanx_timer_add(0, \phalanx_loop_stop(...), [], false);
            \phalanx_loop_run();
        }
    }

    private static function arm(): void
    {
        if (!self::$armed && self::$ready?->count()) {
            self::$armed = true;
            \phalanx_timer_add(0, self::resumeReady(...), [], false);
        }
    }

    private static function resumeReady(): void
    {
        self::$armed = false;
        try {
            // What these wake waits for the next turn, so that the loop serves sockets in between.
            for ($n = self::$ready->count(); $n > 0; --$n) {
                self::$ready->dequeue()->resume();
            }
        } finally {
            self::arm(); // one has thrown, or the next ones wait
        }
    }
}
