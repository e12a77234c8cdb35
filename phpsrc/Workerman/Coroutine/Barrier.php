<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use Workerman\Coroutine\Barrier\BarrierInterface;
use Workerman\Coroutine\Barrier\Fiber;

/** Waits until nobody holds an object any more. Source: workerman/coroutine 1.1.4. */
class Barrier implements BarrierInterface
{
    /** @var class-string<BarrierInterface> */
    protected static string $driver;

    /**
     * {@inheritdoc}
     */
    public static function wait(object &$barrier, int $timeout = -1): void
    {
        static::getDriver()::wait($barrier, $timeout);
    }

    /**
     * {@inheritdoc}
     */
    public static function create(): object
    {
        return static::getDriver()::create();
    }

    protected static function getDriver(): string
    {
        return static::$driver ??= Fiber::class;
    }
}
