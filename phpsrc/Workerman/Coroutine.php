<?php

declare(strict_types=1);

namespace Workerman;

use Workerman\Coroutine\Coroutine\CoroutineInterface;
use Workerman\Coroutine\Coroutine\Fiber;

/**
 * Coroutines. They are Fibers, whichever loop the worker asks for: the engine's loop is behind all names.
 * Source: workerman/coroutine 1.1.4.
 */
class Coroutine implements CoroutineInterface
{
    /** @var class-string<CoroutineInterface> */
    protected static string $driverClass;

    public CoroutineInterface $driver;

    public function __construct(callable $callable)
    {
        static::init();
        $this->driver = new static::$driverClass($callable);
    }

    /**
     * {@inheritdoc}
     */
    public static function create(callable $callable, ...$args): CoroutineInterface
    {
        static::init();

        return static::$driverClass::create($callable, ...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function start(mixed ...$args): mixed
    {
        return $this->driver->start(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function resume(mixed ...$args): mixed
    {
        return $this->driver->resume(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function id(): int
    {
        return $this->driver->id();
    }

    /**
     * {@inheritdoc}
     */
    public static function defer(callable $callable): void
    {
        static::init();
        static::$driverClass::defer($callable);
    }

    /**
     * {@inheritdoc}
     */
    public static function suspend(mixed $value = null): mixed
    {
        static::init();

        return static::$driverClass::suspend($value);
    }

    /**
     * {@inheritdoc}
     */
    public static function getCurrent(): CoroutineInterface
    {
        static::init();

        return static::$driverClass::getCurrent();
    }

    /**
     * {@inheritdoc}
     */
    public static function isCoroutine(): bool
    {
        static::init();

        return static::$driverClass::isCoroutine();
    }

    /** Chooses the driver, once. */
    public static function init(): void
    {
        static::$driverClass ??= Fiber::class;
    }
}
