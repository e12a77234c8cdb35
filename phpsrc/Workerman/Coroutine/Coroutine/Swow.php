<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Coroutine;

use Swow\Coroutine;
use Workerman\Coroutine\Utils\DestructionWatcher;

/** A coroutine of ext-swow, without which this class cannot be loaded. Source: workerman/coroutine 1.1.4. */
class Swow extends Coroutine implements CoroutineInterface
{
    /** @var array<callable(): mixed> */
    private array $deferred = [];

    /**
     * {@inheritdoc}
     */
    public static function create(callable $callable, ...$args): CoroutineInterface
    {
        return static::run($callable, ...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function start(mixed ...$args): mixed
    {
        return $this->resume(...$args);
    }

    /**
     * {@inheritdoc}
     */
    public function id(): int
    {
        return $this->getId();
    }

    /**
     * {@inheritdoc}
     */
    public static function defer(callable $callable): void
    {
        $current = static::getCurrent();
        if ($current instanceof self) {
            $current->deferred[] = $callable;
        } else {
            DestructionWatcher::watch($current, $callable);
        }
    }

    /**
     * {@inheritdoc}
     */
    public static function suspend(mixed $value = null): mixed
    {
        return Coroutine::yield($value);
    }

    /**
     * {@inheritdoc}
     */
    public static function isCoroutine(): bool
    {
        return true;
    }

    public function __destruct()
    {
        foreach (\array_reverse($this->deferred) as $callable) {
            $callable();
        }
    }
}
