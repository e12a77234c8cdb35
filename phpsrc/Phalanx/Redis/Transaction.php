<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Countable;

/**
 * Commands that the server carries out together, with none of others between them (MULTI and EXEC): what
 * Phalanx\Redis::multi() answers.
 */
final class Transaction implements Countable
{
    use Queue;

    /** @internal */
    public function __construct(private readonly Client|Link $client)
    {
    }

    /**
     * Sends the commands. If one of them is refused beforehand (its name or its arguments are wrong) none is carried
     * out; if one fails (it meets a value of another type) the others are carried out: Redis has no rollback.
     *
     * @param bool $throw false: errors of commands stand in the list as exceptions, and are not thrown
     * @return list<mixed>|null what the commands answered, in their order; null: a watched key had changed, nothing has
     *     been done
     * @throws Exception\CommandException
     * @throws Exception\RedisException
     */
    public function exec(bool $throw = true): ?array
    {
        if ($this->commands === []) {
            return [];
        }
        [$commands, $shapes] = [$this->commands, $this->shapes];
        $this->discard();
        $results = $this->client->transaction($commands, $shapes);

        return $results['done'] ? self::results($results, $throw) : null;
    }
}
