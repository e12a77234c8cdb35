<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/**
 * All commands of Redis 7 and some of later ones; command() takes every other, those of modules among them.
 *
 * What is not there is null (ext-redis: false). What the server refuses is an Exception\CommandException, a server
 * that cannot be reached an Exception\ConnectionException, one that does not answer in time an
 * Exception\TimeoutException.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Commands
{
    use Commands\Bits;
    use Commands\Channels;
    use Commands\Cluster;
    use Commands\Geo;
    use Commands\Hashes;
    use Commands\HyperLogLogs;
    use Commands\Keys;
    use Commands\Lists;
    use Commands\Scripts;
    use Commands\Server;
    use Commands\Sets;
    use Commands\SortedSets;
    use Commands\Streams;
    use Commands\Strings;

    /**
     * Any command: command('JSON.SET', 'k', '$', '{}'). Lists among the arguments are taken apart.
     *
     * @return mixed the reply as it comes: null, bool, int, float, string, list or map
     */
    public function command(string $name, string|int|float|bool|array ...$arguments): mixed
    {
        return $this->send([$name, $arguments], Client::RAW);
    }
}
