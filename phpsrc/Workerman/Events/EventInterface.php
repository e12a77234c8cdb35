<?php

declare(strict_types=1);

namespace Workerman\Events;

use Throwable;

/** An event loop. Source: Workerman\Events\EventInterface 5.2.2. */
interface EventInterface
{
    /**
     * Calls $func(...$args) once after $delay seconds.
     *
     * @param callable(mixed...): void $func
     * @return int the timer's identifier
     */
    public function delay(float $delay, callable $func, array $args = []): int;

    public function offDelay(int $timerId): bool;

    /**
     * Calls $func(...$args) every $interval seconds.
     *
     * @param callable(mixed...): void $func
     * @return int the timer's identifier
     */
    public function repeat(float $interval, callable $func, array $args = []): int;

    public function offRepeat(int $timerId): bool;

    /**
     * Calls $func($stream) whenever the stream can be read without waiting, also at its end.
     *
     * @param resource $stream
     * @param callable(resource): void $func
     */
    public function onReadable($stream, callable $func): void;

    /**
     * @param resource $stream
     */
    public function offReadable($stream): bool;

    /**
     * Calls $func($stream) whenever the stream can be written without waiting.
     *
     * @param resource $stream
     * @param callable(resource): void $func
     */
    public function onWritable($stream, callable $func): void;

    /**
     * @param resource $stream
     */
    public function offWritable($stream): bool;

    /**
     * @param callable(int): void $func
     */
    public function onSignal(int $signal, callable $func): void;

    public function offSignal(int $signal): bool;

    public function deleteAllTimer(): void;

    public function run(): void;

    public function stop(): void;

    public function getTimerCount(): int;

    /**
     * @param callable(Throwable): void $errorHandler gets what timers, streams and signal callbacks throw
     */
    public function setErrorHandler(callable $errorHandler): void;
}
