<?php

declare(strict_types=1);

namespace Phalanx\Fiber;

use InvalidArgumentException;
use Phalanx\Exception\TimeoutException;
use Phalanx\Task;
use Throwable;

/**
 * What the functions of the namespace Phalanx do; the extension declares them.
 *
 * @internal
 */
final class Tasks
{
    public static function async(callable $callback, mixed ...$args): Task
    {
        return Task::start($callback, ...$args);
    }

    public static function await(Task $task): mixed
    {
        return $task->await();
    }

    /**
     * @param iterable<Task|callable> $tasks
     * @return array<mixed>
     */
    public static function all(iterable $tasks): array
    {
        $tasks = self::started($tasks);
        try {
            do {
                $left = [];
                foreach ($tasks as $task) {
                    if (!$task->isDone()) {
                        $left[] = $task;
                    } elseif ($task->hasFailed()) {
                        $task->await(); // nobody waits for the others then
                    }
                }
                if ($left !== []) {
                    Task::awaitAll($left);
                }
            } while ($left !== []);
        } catch (Throwable $e) {
            self::cancel($tasks);
            throw $e;
        }

        return \array_map(static fn (Task $task): mixed => $task->await(), $tasks);
    }

    /** @param iterable<Task|callable> $tasks */
    public static function any(iterable $tasks): mixed
    {
        $tasks = self::started($tasks, true);
        $failure = null;
        try {
            for ($left = $tasks; $left !== [];) {
                foreach ($left as $key => $task) {
                    if (!$task->isDone()) {
                        continue;
                    }
                    unset($left[$key]);
                    try {
                        return $task->await();
                    } catch (Throwable $e) {
                        $failure ??= $e;
                    }
                }
                if ($left !== []) {
                    Task::awaitAny($left);
                }
            }
        } finally {
            self::cancel($tasks);
        }
        throw $failure;
    }

    /** @param iterable<Task|callable> $tasks */
    public static function race(iterable $tasks): mixed
    {
        $tasks = self::started($tasks, true);
        try {
            while (true) {
                foreach ($tasks as $task) {
                    if ($task->isDone()) {
                        return $task->await();
                    }
                }
                Task::awaitAny($tasks);
            }
        } finally {
            self::cancel($tasks);
        }
    }

    public static function timeout(float $seconds, callable $callback, mixed ...$args): mixed
    {
        if (!($seconds > 0)) {
            throw new InvalidArgumentException('A time limit is a number of seconds, more than 0');
        }
        if (!Scheduler::mayWait() && (\phalanx_loop_running() || \phalanx_role() === 'slot')) {
            return self::limited($seconds, $callback, $args);
        }
        $task = Task::start($callback, ...$args);
        try {
            if (!$task->isDone()) {
                Task::awaitAny([$task], $seconds);
            }
        } finally {
            if (!$task->isDone()) {
                $late = new TimeoutException("The time of $seconds s is over");
                self::cancel([$task], $late);
            }
        }
        if (isset($late)) {
            throw $late;
        }

        return $task->await();
    }

    /**
     * Calls of Go that block have the limit; nothing else can be ended.
     *
     * @param list<mixed> $args
     */
    private static function limited(float $seconds, callable $callback, array $args): mixed
    {
        $outer = \phalanx_call_limit($seconds);
        if ($outer !== 0.0 && $outer < $seconds) {
            \phalanx_call_limit($outer);
        }
        $begun = \hrtime(true);
        try {
            return $callback(...$args);
        } finally {
            $left = $outer - (\hrtime(true) - $begun) / 1e9;
            \phalanx_call_limit($outer === 0.0 ? 0 : ($left > 0 ? $left : -1e-9));
        }
    }

    /**
     * @param iterable<Task|callable> $tasks
     * @return array<Task>
     */
    private static function started(iterable $tasks, bool $some = false): array
    {
        $started = [];
        try {
            foreach ($tasks as $key => $task) {
                $started[$key] = $task instanceof Task ? $task : Task::start($task);
            }
            if ($some && $started === []) {
                throw new InvalidArgumentException('There is no task to wait for');
            }
        } catch (Throwable $e) {
            self::cancel($started);
            throw $e;
        }

        return $started;
    }

    /** @param array<Task> $tasks */
    private static function cancel(array $tasks, ?Throwable $reason = null): void
    {
        $some = false;
        foreach ($tasks as $task) {
            $some = $task->cancel($reason) || $some;
        }
        if ($some) {
            Scheduler::settle();
        }
    }
}
