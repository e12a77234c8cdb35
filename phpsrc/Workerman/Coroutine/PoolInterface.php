<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use Throwable;
use Workerman\Coroutine\Exception\PoolException;

/** A pool of objects that one coroutine may use at a time. Source: workerman/coroutine 1.1.4. */
interface PoolInterface
{
    /**
     * @throws PoolException when none becomes free in time
     * @throws Throwable what the creator throws
     */
    public function get(): mixed;

    /** Gives back what get() has answered. */
    public function put(object $connection): void;

    public function createConnection(): object;

    public function closeConnection(object $connection): void;

    /** How many there are, in use or not. */
    public function getConnectionCount(): int;

    /** Closes those that are not in use. */
    public function closeConnections(): void;
}
