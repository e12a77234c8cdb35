<?php

declare(strict_types=1);

namespace Phalanx;

use Fiber;
use LogicException;
use Phalanx\Exception\CancelledException;
use Phalanx\Fiber\Scheduler;
use Phalanx\Fiber\Suspension;
use Throwable;

/** Code that runs in a Fiber of its own: what Phalanx\async() answers. */
final class Task
{
    private ?Fiber $fiber = null;

    private bool $done = false;

    private mixed $value = null;

    private ?Throwable $failure = null;

    /** Somebody has asked for the result, or given up on it. */
    private bool $observed = false;

    /** @var array<int, callable(self): mixed> */
    private array $watchers = [];

    private static int $watches = 0;

    private function __construct()
    {
    }

    /**
     * Starts a task; it runs until it waits for the first time.
     *
     * @internal
     */
    public static function start(callable $callback, mixed ...$args): self
    {
        $task = $own = new self();
        $body = static function () use (&$own, $callback, $args): void {
            $task = $own;
            $own = null; // the trace of what it throws has this closure, and the task that exception
            $task->fiber = Fiber::getCurrent();
            $value = $failure = null;
            try {
                $value = $callback(...$args);
            } catch (Throwable $e) {
                $failure = $e;
            }
            $task->finish($value, $failure);
        };
        if (Scheduler::hasCoroutineLoop()) {
            Scheduler::start($body); // in one that has been used before, which costs less than a new one
        } else {
            Scheduler::spawn($body);
        }

        return $task;
    }

    /** @internal */
    public function hasFailed(): bool
    {
        return $this->failure !== null;
    }

    public function isDone(): bool
    {
        return $this->done;
    }

    /**
     * Waits for the end: in a coroutine the Fiber is suspended, in a plain script the loop runs meanwhile.
     *
     * @return mixed what the task returned
     * @throws Throwable what it has thrown
     * @throws LogicException where waiting would stop the worker, or for ever
     */
    public function await(): mixed
    {
        $this->observed = true;
        if (!$this->done) {
            self::awaitAny([$this]);
        }
        if ($this->failure !== null) {
            throw $this->failure;
        }

        return $this->value;
    }

    /**
     * Ends the task: what it waits for throws. A task that is not waiting ends when it does next.
     *
     * @return bool false: it has ended already
     */
    public function cancel(?Throwable $reason = null): bool
    {
        $this->observed = true;
        if ($this->done || $this->fiber === null) {
            return false;
        }
        Suspension::cancelFiber($this->fiber, $reason ?? new CancelledException('The task was cancelled'));

        return true;
    }

    /**
     * Waits until one of the tasks has ended, or the time is over.
     *
     * @internal
     * @param array<self> $tasks
     * @param float $timeoutSeconds negative: no limit
     * @throws LogicException see await()
     */
    public static function awaitAny(array $tasks, float $timeoutSeconds = -1.0): void
    {
        self::awaitEnough($tasks, static fn (): bool => true, $timeoutSeconds);
    }

    /**
     * Waits until all of the tasks have ended, or one has failed. None of them has ended yet.
     *
     * @internal
     * @param array<self> $tasks
     * @throws LogicException see await()
     */
    public static function awaitAll(array $tasks): void
    {
        $left = \count(\array_unique(\array_map(\spl_object_id(...), $tasks)));
        self::awaitEnough($tasks, static function (self $task) use (&$left): bool {
            return --$left === 0 || $task->failure !== null;
        });
    }

    /**
     * @param array<self> $tasks
     * @param callable(self): bool $enough is asked with each task that ends
     */
    private static function awaitEnough(array $tasks, callable $enough, float $timeoutSeconds = -1.0): void
    {
        if (Scheduler::mayWait()) {
            $suspension = new Suspension();
            $watch = self::watch($tasks, static fn (self $task): bool => $enough($task) && $suspension->wake(null));
            try {
                $suspension->wait($timeoutSeconds);
            } finally {
                self::unwatch($tasks, $watch);
            }
            return;
        }
        if (\phalanx_loop_running() || \phalanx_role() === 'slot') {
            throw new LogicException(
                'Waiting here would stop the worker: wait in a coroutine, as Phalanx\async() starts'
            );
        }
        $ended = false;
        $stop = static function () use (&$ended): void {
            $ended = true;
            \phalanx_loop_stop();
        };
        $watch = self::watch($tasks, static function (self $task) use ($enough, $stop): void {
            if ($enough($task)) {
                $stop();
            }
        });
        $timer = $timeoutSeconds >= 0 ? \phalanx_timer_add($timeoutSeconds, $stop, [], false) : 0;
        try {
            while (!$ended) {
                \phalanx_loop_run();
                if (!$ended) {
                    throw new LogicException('Nothing is left that could end the task');
                }
            }
        } finally {
            self::unwatch($tasks, $watch);
            if ($timer > 0) {
                \phalanx_timer_del($timer);
            }
        }
        Scheduler::settle();
    }

    /** @param array<self> $tasks */
    private static function watch(array $tasks, callable $watcher): int
    {
        $id = ++self::$watches;
        foreach ($tasks as $task) {
            $task->watchers[$id] = $watcher;
        }

        return $id;
    }

    /** @param array<self> $tasks */
    private static function unwatch(array $tasks, int $id): void
    {
        foreach ($tasks as $task) {
            unset($task->watchers[$id]);
        }
    }

    private function finish(mixed $value, ?Throwable $failure): void
    {
        $this->done = true;
        $this->value = $value;
        $this->failure = $failure;
        $this->fiber = null;
        $watchers = $this->watchers;
        $this->watchers = [];
        foreach ($watchers as $watcher) {
            $watcher($this);
        }
    }

    /** A failure that nobody has asked for is one of the loop's. */
    public function __destruct()
    {
        $failure = $this->failure;
        if ($failure !== null && !$this->observed) {
            \phalanx_timer_add(0, static fn () => throw $failure, [], false);
        }
    }
}
