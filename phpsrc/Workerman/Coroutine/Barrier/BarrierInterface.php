<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Barrier;

/** Waits until nobody holds an object any more. Source: workerman/coroutine 1.1.4. */
interface BarrierInterface
{
    /**
     * Gives up the caller's reference ($barrier is null then) and waits until the coroutines have given up theirs.
     *
     * @param int $timeout seconds; negative: no limit
     */
    public static function wait(object &$barrier, int $timeout = -1): void;

    public static function create(): object;
}
