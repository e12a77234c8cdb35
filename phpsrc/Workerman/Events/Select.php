<?php

declare(strict_types=1);

namespace Workerman\Events;

/** The name of upstream's default loop; see EngineLoop. Source: Workerman\Events\Select 5.2.2. */
final class Select implements EventInterface
{
    use EngineLoop;

    /** Upstream's longest wait; the engine's loop sleeps as long as nothing happens. */
    public const MAX_SELECT_TIMOUT_US = 800000;

    public function __construct()
    {
    }

    /**
     * Upstream has this for Windows, where a failed connect is reported as an exception of the socket. Here the
     * failure makes the stream writable, so nothing is watched.
     *
     * @param resource $stream
     */
    public function onExcept($stream, callable $func): void
    {
    }

    /**
     * @param resource $stream
     */
    public function offExcept($stream): bool
    {
        return false;
    }

    protected function tick(): void
    {
    }

    protected function setNextTickTime(float $nextTickTime): void
    {
    }
}
