<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Coroutine;

use RuntimeException;
use Swoole\Coroutine;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A coroutine of ext-swoole, which resumes without values. Source: workerman/coroutine 1.1.4. */
class Swoole implements CoroutineInterface
{
    /** @var array<int, self> */
    private static array $instances = [];

    private int $id = 0;

    /** What suspend() and resume() hand over. */
    private mixed $handedOver = null;

    /** @var ?callable */
    private $callable;

    public function __construct(?callable $callable = null)
    {
        ForeignDriver::need('Swoole');
        $this->callable = $callable;
    }

    /**
     * {@inheritdoc}
     */
    public static function create(callable $callable, ...$args): CoroutineInterface
    {
        return (new self($callable))->start(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function start(mixed ...$args): CoroutineInterface
    {
        Coroutine::create(function () use ($args): void {
            $this->id = Coroutine::getCid();
            self::$instances[$this->id] = $this;
            try {
                ($this->callable)(...$args);
            } finally {
                unset(self::$instances[$this->id]);
            }
        });

        return $this;
    }

    /**
     * {@inheritdoc}
     */
    public function resume(mixed ...$args): mixed
    {
        $this->handedOver = $args[0] ?? null;
        Coroutine::resume($this->id);

        return $this->handedOver;
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
     */
    public static function defer(callable $callable): void
    {
        ForeignDriver::need('Swoole');
        Coroutine::defer($callable);
    }

    /**
     * {@inheritdoc}
     */
    public static function suspend(mixed $value = null): mixed
    {
        $current = self::getCurrent();
        $current->handedOver = $value;
        Coroutine::suspend();

        return $current->handedOver;
    }

    /**
     * {@inheritdoc}
     *
     * @throws RuntimeException outside a coroutine
     */
    public static function getCurrent(): CoroutineInterface
    {
        if (!self::isCoroutine()) {
            throw new RuntimeException('Not in coroutine');
        }
        $id = Coroutine::getCid();
        if (!isset(self::$instances[$id])) {
            $current = self::$instances[$id] = new self();
            $current->id = $id;
            Coroutine::defer(static function () use ($id): void {
                unset(self::$instances[$id]);
            });
        }

        return self::$instances[$id];
    }

    /**
     * {@inheritdoc}
     */
    public static function isCoroutine(): bool
    {
        ForeignDriver::need('Swoole');

        return Coroutine::getCid() > 0;
    }

    public function __destruct()
    {
        unset(self::$instances[$this->id]);
    }
}
