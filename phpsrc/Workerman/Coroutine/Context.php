<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use ArrayObject;
use Workerman\Coroutine\Context\ContextInterface;
use Workerman\Coroutine\Context\Fiber;

/** Values that belong to the current coroutine. Source: workerman/coroutine 1.1.4. */
class Context implements ContextInterface
{
    /** @var class-string<ContextInterface> */
    protected static string $driver;

    /**
     * {@inheritdoc}
     */
    public static function get(?string $name = null, mixed $default = null): mixed
    {
        static::initDriver();

        return static::$driver::get($name, $default);
    }

    /**
     * {@inheritdoc}
     */
    public static function set(string $name, $value): void
    {
        static::initDriver();
        static::$driver::set($name, $value);
    }

    /**
     * {@inheritdoc}
     */
    public static function has(string $name): bool
    {
        static::initDriver();

        return static::$driver::has($name);
    }

    /**
     * {@inheritdoc}
     */
    public static function reset(?ArrayObject $data = null): void
    {
        static::initDriver();
        static::$driver::reset($data);
    }

    /**
     * {@inheritdoc}
     */
    public static function destroy(): void
    {
        static::initDriver();
        static::$driver::destroy();
    }

    /** Chooses the driver, once. */
    public static function initDriver(): void
    {
        static::$driver ??= Fiber::class;
    }
}
