<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/** A Lua script, whose text goes to a server once: what Phalanx\Redis::script() answers. */
final class Script
{
    public readonly string $sha1;

    /** @internal */
    public function __construct(
        private readonly Client $client,
        public readonly string $source,
        private readonly bool $readOnly
    ) {
        $this->sha1 = \sha1($source);
    }

    /**
     * Runs the script.
     *
     * @param list<string> $keys KEYS; in a cluster all of one slot
     * @param list<string|int|float> $arguments ARGV
     * @throws Exception\CommandException
     * @throws Exception\RedisException
     */
    public function run(array $keys = [], array $arguments = []): mixed
    {
        return $this->client->script(
            $this->sha1,
            $this->source,
            \array_values($keys),
            \array_values($arguments),
            $this->readOnly
        );
    }

    /**
     * @param list<string> $keys
     * @param list<string|int|float> $arguments
     */
    public function __invoke(array $keys = [], array $arguments = []): mixed
    {
        return $this->run($keys, $arguments);
    }
}
