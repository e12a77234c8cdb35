<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Coroutine;

use Fiber;
use Swow\Coroutine as SwowCoroutine;

/** A coroutine. Source: workerman/coroutine 1.1.4. */
interface CoroutineInterface
{
    /** Makes a coroutine and runs it until it waits or ends. */
    public static function create(callable $callable, ...$data): CoroutineInterface;

    /** @return mixed what the coroutine gives to suspend(); null when it ends first */
    public function start(mixed ...$args): mixed;

    /**
     * Goes on behind suspend(), which answers with the argument.
     *
     * @return mixed as start()
     */
    public function resume(mixed ...$args): mixed;

    public function id(): int;

    /** Calls $callable when the current coroutine ends; the last one first. */
    public static function defer(callable $callable): void;

    /** @return mixed what resume() is given */
    public static function suspend(mixed $value = null): mixed;

    public static function getCurrent(): CoroutineInterface|Fiber|SwowCoroutine|static;

    public static function isCoroutine(): bool;
}
