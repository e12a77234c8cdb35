<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use RuntimeException;

/** Locks between the coroutines of one worker. Source: workerman/coroutine 1.1.4. */
class Locker
{
    /** @var array<string, Channel> a channel with room for one holder, for each key that is locked */
    protected static array $channels = [];

    /**
     * Waits until the key is free. It is not re-entrant.
     *
     * @return bool false: it is locked, and this code cannot wait
     */
    public static function lock(string $key): bool
    {
        static::$channels[$key] ??= new Channel(1);

        return static::$channels[$key]->push(true);
    }

    /**
     * @throws RuntimeException when the key is not locked
     */
    public static function unlock(string $key): bool
    {
        $channel = static::$channels[$key]
            ?? throw new RuntimeException("Unlock failed, because the key $key is not locked");
        $handedOver = $channel->hasProducers();
        $taken = $channel->pop(0);
        if (!$handedOver) {
            $channel->close();
            unset(static::$channels[$key]);
        }

        return $taken;
    }
}
