<?php

declare(strict_types=1);

namespace Workerman;

use Phalanx\Fiber\Scheduler;
use RuntimeException;
use Throwable;
use Workerman\Events\EventInterface;

/**
 * Timers: on the loop inside a worker; in the supervisor, which has no loop, of whole seconds.
 * Source: Workerman\Timer 5.2.2.
 */
class Timer
{
    /** @var array<int, array<int, array{callable, array, bool, float}>> due time (Unix seconds) => timer id => task */
    protected static array $tasks = [];

    protected static ?EventInterface $event = null;

    protected static int $timerId = 0;

    /** @var array<int, true> the supervisor's timers that have not been deleted */
    protected static array $status = [];

    /** Names the loop that carries the timers from now on. */
    public static function init(?EventInterface $event = null): void
    {
        if ($event) {
            self::$event = $event;
        }
    }

    /** @return int the timer's identifier */
    public static function repeat(float $timeInterval, callable $func, array $args = []): int
    {
        return self::$event->repeat($timeInterval, $func, $args);
    }

    /** @return int the timer's identifier */
    public static function delay(float $timeInterval, callable $func, array $args = []): int
    {
        return self::$event->delay($timeInterval, $func, $args);
    }

    /** Runs the supervisor's due timers. Its wait loop calls this about once a second, upstream on SIGALRM. */
    public static function signalHandle(): void
    {
        if (!self::$event) {
            self::tick();
        }
    }

    /**
     * @return int the timer's identifier
     * @throws RuntimeException when the interval is negative, or where neither a loop nor a Worker exists
     */
    public static function add(float $timeInterval, callable $func, ?array $args = [], bool $persistent = true): int
    {
        if ($timeInterval < 0) {
            throw new RuntimeException('$timeInterval can not less than 0');
        }
        $args ??= [];
        if (self::$event) {
            return $persistent
                ? self::$event->repeat($timeInterval, $func, $args)
                : self::$event->delay($timeInterval, $func, $args);
        }
        if (!Worker::getAllWorkers()) {
            throw new RuntimeException('Timer can only be used in workerman running environment');
        }
        $id = ++self::$timerId;
        self::$status[$id] = true;
        self::$tasks[(int)\floor(self::now() + $timeInterval)][$id] = [$func, $args, $persistent, $timeInterval];
        return $id;
    }

    /**
     * Inside a coroutine, or a callback of a coroutine loop, suspends only that: the worker serves others. Elsewhere it
     * blocks, as upstream.
     */
    public static function sleep(float $delay): void
    {
        if (Scheduler::mayWait()) {
            Scheduler::sleep($delay);
            return;
        }
        \usleep((int)($delay * 1_000_000));
    }

    /** Seconds on a clock that nobody sets. */
    private static function now(): int
    {
        return \hrtime()[0];
    }

    protected static function tick(): void
    {
        $now = self::now();
        foreach (self::$tasks as $due => $tasks) {
            if ($now < $due) {
                continue;
            }
            unset(self::$tasks[$due]);
            foreach ($tasks as $id => $task) {
                [$func, $args, $persistent, $interval] = $task;
                if (!isset(self::$status[$id])) {
                    continue; // deleted by a timer that ran just before
                }
                try {
                    $func(...$args);
                } catch (Throwable $e) {
                    Worker::safeEcho((string)$e);
                }
                if ($persistent && isset(self::$status[$id])) {
                    self::$tasks[(int)\floor(self::now() + $interval)][$id] = $task;
                } else {
                    unset(self::$status[$id]);
                }
            }
        }
    }

    public static function del(int $timerId): bool
    {
        if (self::$event) {
            return self::$event->offDelay($timerId);
        }
        foreach (self::$tasks as $due => $tasks) {
            unset(self::$tasks[$due][$timerId]);
        }
        unset(self::$status[$timerId]);
        return true;
    }

    public static function delAll(): void
    {
        self::$tasks = self::$status = [];
        self::$event?->deleteAllTimer();
    }

    /**
     * Whether the supervisor has timers to look after.
     *
     * @internal
     */
    public static function pending(): bool
    {
        return self::$status !== [] && !self::$event;
    }
}
