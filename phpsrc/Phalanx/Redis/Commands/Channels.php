<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands that publish. Subscribing is Phalanx\Redis::subscribe().
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Channels
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Sends a message; how many got it, of the clients of that server. */
    public function publish(string $channel, string $message): int
    {
        return $this->send(['PUBLISH', $channel, $message], Client::RAW);
    }

    /** Sends a message to a sharded channel (Redis 7). */
    public function sPublish(string $channel, string $message): int
    {
        return $this->send(['SPUBLISH', $channel, $message], Client::RAW);
    }

    /**
     * Channels that have subscribers.
     *
     * @return list<string>
     */
    public function pubSubChannels(?string $pattern = null): array
    {
        return $this->send(['PUBSUB', 'CHANNELS', $pattern ?? []], Client::RAW);
    }

    /**
     * What PUBSUB can do.
     *
     * @return list<string>
     */
    public function pubSubHelp(): array
    {
        return $this->send(['PUBSUB', 'HELP'], Client::RAW);
    }

    /** How many patterns have subscribers. */
    public function pubSubNumPat(): int
    {
        return $this->send(['PUBSUB', 'NUMPAT'], Client::RAW);
    }

    /**
     * How many subscribers channels have.
     *
     * @return array<string, int>
     */
    public function pubSubNumSub(string ...$channels): array
    {
        return $this->send(['PUBSUB', 'NUMSUB', $channels], Client::MAP);
    }

    /**
     * Sharded channels that have subscribers.
     *
     * @return list<string>
     */
    public function pubSubShardChannels(?string $pattern = null): array
    {
        return $this->send(['PUBSUB', 'SHARDCHANNELS', $pattern ?? []], Client::RAW);
    }

    /**
     * How many subscribers sharded channels have.
     *
     * @return array<string, int>
     */
    public function pubSubShardNumSub(string ...$channels): array
    {
        return $this->send(['PUBSUB', 'SHARDNUMSUB', $channels], Client::MAP);
    }
}
