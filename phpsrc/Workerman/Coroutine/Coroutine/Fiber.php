<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Coroutine;

use Fiber as BaseFiber;
use Phalanx\Fiber\Scheduler;
use RuntimeException;
use WeakMap;
use WeakReference;
use Workerman\Coroutine\Context;
use Workerman\Coroutine\Utils\DestructionWatcher;

/**
 * A coroutine on a PHP Fiber. One that is suspended and that nobody can resume any more is destroyed: its finally
 * blocks and deferred callbacks run. Source: workerman/coroutine 1.1.4.
 */
class Fiber implements CoroutineInterface
{
    /** @var ?WeakMap<BaseFiber, WeakReference<self>> not stronger, as each coroutine holds its Fiber */
    private static ?WeakMap $instances = null;

    /** @var ?WeakMap<BaseFiber, int> */
    private static ?WeakMap $ids = null;

    /** @var ?WeakMap<BaseFiber, DestructionWatcher> what is to be called at the end of coroutines */
    private static ?WeakMap $deferred = null;

    private static int $lastId = 0;

    private ?BaseFiber $fiber = null;

    private int $id;

    public function __construct(?callable $callable = null)
    {
        if ($callable) {
            $this->attach(new BaseFiber(static function (mixed ...$args) use (&$callable): void {
                try {
                    $callable(...$args);
                } finally {
                    self::end();
                    $callable = null; // who keeps the coroutine does not keep what the callable holds (a barrier)
                }
            }));
            Scheduler::adopt($this->fiber);
        }
    }

    /**
     * {@inheritdoc}
     */
    public static function create(callable $callable, ...$args): CoroutineInterface
    {
        $coroutine = new self($callable);
        $coroutine->start(...$args);

        return $coroutine;
    }

    /**
     * {@inheritdoc}
     */
    public function start(mixed ...$args): mixed
    {
        return $this->fiber->start(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function resume(mixed ...$args): mixed
    {
        return $this->fiber->resume(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public static function suspend(mixed $value = null): mixed
    {
        return BaseFiber::suspend($value);
    }

    /**
     * {@inheritdoc}
     */
    public function id(): int
    {
        return $this->id;
    }

    /**
     * {@inheritdoc}
     *
     * @throws RuntimeException outside a Fiber
     */
    public static function defer(callable $callable): void
    {
        $fiber = BaseFiber::getCurrent() ?? throw new RuntimeException('Cannot defer outside of a fiber.');
        self::$deferred ??= new WeakMap();
        self::$deferred[$fiber] ??= new DestructionWatcher();
        DestructionWatcher::watch(self::$deferred[$fiber], $callable);
    }

    /**
     * {@inheritdoc}
     *
     * @throws RuntimeException outside a Fiber
     */
    public static function getCurrent(): CoroutineInterface
    {
        $fiber = BaseFiber::getCurrent() ?? throw new RuntimeException('Not in fiber context');
        $coroutine = isset(self::$instances[$fiber]) ? self::$instances[$fiber]->get() : null;
        if (!$coroutine) {
            $coroutine = new self();
            $coroutine->attach($fiber);
        }

        return $coroutine;
    }

    /**
     * {@inheritdoc}
     */
    public static function isCoroutine(): bool
    {
        return BaseFiber::getCurrent() !== null;
    }

    /** Upstream prepares the driver here; this one needs nothing. */
    public static function init(): void
    {
    }

    private function attach(BaseFiber $fiber): void
    {
        self::$ids ??= new WeakMap();
        self::$instances ??= new WeakMap();
        $this->fiber = $fiber;
        $this->id = self::$ids[$fiber] ??= ++self::$lastId;
        self::$instances[$fiber] = WeakReference::create($this);
    }

    /** The current coroutine is over. */
    private static function end(): void
    {
        $fiber = BaseFiber::getCurrent();
        try {
            unset(self::$deferred[$fiber]);
        } finally {
            Context::destroy();
        }
    }
}
