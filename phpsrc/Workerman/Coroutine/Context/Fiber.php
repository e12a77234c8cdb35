<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Context;

use ArrayObject;
use Fiber as BaseFiber;
use WeakMap;

/**
 * A context for each Fiber, gone with it, and one for all code outside of Fibers, which lives until destroy().
 * Source: workerman/coroutine 1.1.4.
 */
class Fiber implements ContextInterface
{
    /** @var ?WeakMap<BaseFiber, ArrayObject> */
    private static ?WeakMap $contexts = null;

    private static ?ArrayObject $outside = null;

    /**
     * {@inheritdoc}
     */
    public static function get(?string $name = null, mixed $default = null): mixed
    {
        if ($name !== null) {
            return self::find()[$name] ?? $default;
        }
        $context = self::find();
        if (!$context) {
            self::reset();
            $context = self::find();
        }

        return $context;
    }

    /**
     * {@inheritdoc}
     */
    public static function set(string $name, $value): void
    {
        self::get()[$name] = $value;
    }

    /**
     * {@inheritdoc}
     */
    public static function has(string $name): bool
    {
        return self::find()?->offsetExists($name) ?? false;
    }

    /**
     * {@inheritdoc}
     */
    public static function reset(?ArrayObject $data = null): void
    {
        $data?->setFlags(ArrayObject::ARRAY_AS_PROPS);
        $data ??= new ArrayObject([], ArrayObject::ARRAY_AS_PROPS);
        $fiber = BaseFiber::getCurrent();
        if ($fiber) {
            self::initContext();
            self::$contexts[$fiber] = $data;
        } else {
            self::$outside = $data;
        }
    }

    /**
     * {@inheritdoc}
     */
    public static function destroy(): void
    {
        $fiber = BaseFiber::getCurrent();
        if ($fiber) {
            unset(self::$contexts[$fiber]);
        } else {
            self::$outside = null;
        }
    }

    public static function initContext(): void
    {
        self::$contexts ??= new WeakMap();
    }

    private static function find(): ?ArrayObject
    {
        $fiber = BaseFiber::getCurrent();

        return $fiber ? self::$contexts[$fiber] ?? null : self::$outside;
    }
}
