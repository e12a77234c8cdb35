<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Countable;

/** Commands that go to the server together and whose replies come together: what Phalanx\Redis::pipeline() answers. */
final class Pipeline implements Countable
{
    use Queue;

    /** @internal */
    public function __construct(private readonly Client|Link $client)
    {
    }

    /**
     * Sends the commands, 100,000 at most, and waits for all replies. Others' commands may come between them.
     *
     * @param bool $throw false: errors of the server stand in the list as exceptions, and are not thrown
     * @return list<mixed> what the commands answered, in their order
     * @throws Exception\CommandException the first error; the other commands have been carried out all the same
     * @throws Exception\RedisException
     */
    public function exec(bool $throw = true): array
    {
        if ($this->commands === []) {
            return [];
        }
        [$commands, $shapes] = [$this->commands, $this->shapes];
        $this->discard();

        return self::results($this->client->pipeline($commands, $shapes), $throw);
    }
}
