<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Utils;

use Throwable;
use WeakMap;

/** Calls back when an object is destroyed; the last callback first. Source: workerman/coroutine 1.1.4. */
class DestructionWatcher
{
    /** @var WeakMap<object, DestructionWatcher> */
    protected static WeakMap $objects;

    /** @var list<callable(): mixed> */
    protected array $callbacks = [];

    public function __construct(?callable $callback = null)
    {
        if ($callback) {
            $this->callbacks[] = $callback;
        }
    }

    /** What a callback throws does not keep the others from being called. */
    public function __destruct()
    {
        $failure = null;
        foreach (\array_reverse($this->callbacks) as $callback) {
            try {
                $callback();
            } catch (Throwable $e) {
                $failure ??= $e;
            }
        }
        $this->callbacks = [];
        if ($failure) {
            throw $failure;
        }
    }

    /** Calls $callback when $object is destroyed. A callback that holds the object keeps it alive for ever. */
    public static function watch(object $object, callable $callback): void
    {
        static::$objects ??= new WeakMap();
        static::$objects[$object] ??= new static();
        static::$objects[$object]->callbacks[] = $callback;
    }
}
