<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/**
 * Commands that read, whose replies are kept in the process: what Phalanx\Redis::cached() answers. The server says
 * when a key changes, so they are as fresh as a message takes. Commands that write, or read several keys, are an
 * Exception\UsageException.
 */
final class Cached
{
    use Commands;

    /** @internal */
    public function __construct(private readonly Client $client, private readonly float $seconds)
    {
    }

    protected function send(array $arguments, int $shape): mixed
    {
        return $this->client->cached($arguments, $shape, $this->seconds);
    }
}
