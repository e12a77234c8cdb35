<?php

declare(strict_types=1);

namespace Workerman\Coroutine\WaitGroup;

/** Waits for a number of things to be done. Source: workerman/coroutine 1.1.4. */
interface WaitGroupInterface
{
    public function add(int $delta = 1): bool;

    public function done(): bool;

    public function count(): int;

    /**
     * @param int|float $timeout seconds; negative: no limit
     * @return bool false: something was not done in time
     */
    public function wait(int|float $timeout = -1): bool;
}
