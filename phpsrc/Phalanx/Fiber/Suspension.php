<?php

declare(strict_types=1);

namespace Phalanx\Fiber;

use Fiber;
use Throwable;
use WeakMap;

/**
 * One wait of one Fiber. Whoever is to end it keeps this object, and with it the Fiber: one that nobody can wake any
 * more is destroyed.
 *
 * @internal
 */
final class Suspension
{
    private readonly Fiber $fiber;

    private bool $waiting = false;

    /** wake() or the time limit came first; the other one is ignored. */
    private bool $decided = false;

    private bool $resumed = false;

    private mixed $value = null;

    private ?Throwable $reason = null;

    /** @var ?WeakMap<Fiber, self> what each Fiber waits for */
    private static ?WeakMap $current = null;

    /** @var ?WeakMap<Fiber, Throwable> what Fibers are to be ended with that were not waiting */
    private static ?WeakMap $doomed = null;

    private int $timer = 0;

    /** To be made inside the Fiber that is going to wait. */
    public function __construct()
    {
        $this->fiber = Fiber::getCurrent();
    }

    /**
     * Suspends the current Fiber until wake(), or for some seconds.
     *
     * @param float $timeoutSeconds negative: no limit
     * @return mixed what wake() was given; null when the time was over
     * @throws Throwable what cancel() was given
     */
    public function wait(float $timeoutSeconds = -1.0): mixed
    {
        if (isset(self::$doomed[$this->fiber])) {
            $this->decided = true;
            $reason = self::$doomed[$this->fiber];
            unset(self::$doomed[$this->fiber]);
            throw $reason;
        }
        if ($this->decided) {
            return $this->value;
        }
        if ($timeoutSeconds >= 0) {
            $this->timer = \phalanx_timer_add($timeoutSeconds, $this->expire(...), [], false);
        }
        $this->waiting = true;
        self::$current ??= new WeakMap();
        self::$current[$this->fiber] = $this;
        try {
            while (!$this->resumed) {
                Fiber::suspend(); // again when somebody else has resumed the Fiber
            }
        } finally {
            $this->waiting = false; // a Fiber that is being destroyed comes here, too
            $this->decided = true;
            $this->forgetTimer();
            unset(self::$current[$this->fiber]);
        }
        if ($this->reason !== null) {
            throw $this->reason;
        }

        return $this->value;
    }

    /** Ends what a Fiber waits for with an exception; one that does not wait, what it waits for next. */
    public static function cancelFiber(Fiber $fiber, Throwable $reason): void
    {
        $waiting = self::$current[$fiber] ?? null;
        if ($waiting === null || !$waiting->cancel($reason)) {
            self::$doomed ??= new WeakMap();
            self::$doomed[$fiber] = $reason;
        }
    }

    /** Ends the wait with an exception, when the current callback has returned. False: the wait had ended before. */
    public function cancel(Throwable $reason): bool
    {
        if ($this->decided) {
            return false;
        }
        $this->reason = $reason;

        return $this->wake(null);
    }

    /** As wake(), by the loop itself: the Fiber goes on at once. */
    public function complete(mixed $value): void
    {
        if ($this->decided) {
            return;
        }
        $this->decided = true;
        $this->value = $value;
        $this->forgetTimer();
        $this->resume();
    }

    /** Ends the wait: the Fiber goes on when the current callback has returned. False: the wait had ended before. */
    public function wake(mixed $value): bool
    {
        if ($this->decided) {
            return false;
        }
        $this->decided = true;
        $this->value = $value;
        if ($this->waiting) {
            $this->forgetTimer();
            Scheduler::enqueue($this);
        }

        return true;
    }

    /** Lets the Fiber go on. Only the loop calls this, so it never happens on another Fiber's stack. */
    public function resume(): void
    {
        if ($this->waiting && $this->fiber->isSuspended()) {
            $this->resumed = true;
            \phalanx_fiber_resume($this->fiber);
        }
    }

    private function expire(): void
    {
        $this->timer = 0;
        if (!$this->decided) {
            $this->decided = true;
            $this->resume();
        }
    }

    private function forgetTimer(): void
    {
        if ($this->timer) {
            \phalanx_timer_del($this->timer);
            $this->timer = 0;
        }
    }
}
