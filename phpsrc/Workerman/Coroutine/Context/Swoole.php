<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Context;

use ArrayObject;
use Swoole\Coroutine;
use Workerman\Coroutine\Utils\ForeignDriver;

/** The contexts of ext-swoole's coroutines. Source: workerman/coroutine 1.1.4. */
class Swoole implements ContextInterface
{
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
        self::context()->exchangeArray($data?->getArrayCopy() ?? []);
    }

    /**
     * {@inheritdoc}
     */
    public static function destroy(): void
    {
        self::context()->exchangeArray([]);
    }

    private static function context(): ArrayObject
    {
        ForeignDriver::need('Swoole');

        return Coroutine::getContext();
    }
}
