<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Context;

use ArrayObject;
use Swow\Coroutine;
use WeakMap;
use Workerman\Coroutine\Utils\ForeignDriver;

/** Contexts of ext-swow's coroutines. Source: workerman/coroutine 1.1.4. */
class Swow implements ContextInterface
{
    /** @var WeakMap<Coroutine, ArrayObject> */
    public static WeakMap $contexts;

    /**
     * {@inheritdoc}
     */
    public static function get(?string $name = null, mixed $default = null): mixed
    {
        $context = self::context();

        return $name === null ? $context : $context[$name] ?? $default;
    }

    /**
     * {@inheritdoc}
     */
    public static function set(string $name, $value): void
    {
        self::context()[$name] = $value;
    }

    /**
     * {@inheritdoc}
     */
    public static function has(string $name): bool
    {
        return self::context()->offsetExists($name);
    }

    /**
     * {@inheritdoc}
     */
    public static function reset(?ArrayObject $data = null): void
    {
        static::initContext();
        static::$contexts[Coroutine::getCurrent()] = $data ?? new ArrayObject([], ArrayObject::ARRAY_AS_PROPS);
    }

    /**
     * {@inheritdoc}
     */
    public static function destroy(): void
    {
        static::initContext();
        unset(static::$contexts[Coroutine::getCurrent()]);
    }

    public static function initContext(): void
    {
        ForeignDriver::need('Swow');
        static::$contexts ??= new WeakMap();
    }

    private static function context(): ArrayObject
    {
        static::initContext();

        return static::$contexts[Coroutine::getCurrent()] ??= new ArrayObject([], ArrayObject::ARRAY_AS_PROPS);
    }
}
