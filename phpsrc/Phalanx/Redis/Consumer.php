<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Generator;
use Phalanx\Redis;
use Phalanx\Redis\Exception\CommandException;

/**
 * A consumer of a stream's group: what Phalanx\Redis::consumer() answers.
 *
 * Each message goes to one consumer of the group. It is pending until ack(): a consumer that begins gets what it
 * had pending before, and what others have left pending for too long is taken over. So a message may come twice,
 * and none is lost.
 */
final class Consumer
{
    private bool $ready = false;

    private bool $stopped = false;

    /** @internal */
    public function __construct(
        private readonly Redis $redis,
        public readonly string $stream,
        public readonly string $group,
        public readonly string $name,
        private readonly string $from
    ) {
    }

    /**
     * Messages as they come: first those that are pending for this consumer, then new ones.
     *
     * @param int $count how many are read at once at most
     * @param float $wait seconds to wait for new ones before it looks for those that others have left
     * @param float $claimAfter seconds after which a message that another has not acknowledged is taken over; 0: never
     * @param bool $endless false: ends when nothing is there
     * @return Generator<string, array<string, string>> id => fields
     * @throws Exception\RedisException
     */
    public function messages(
        int $count = 10,
        float $wait = 5.0,
        float $claimAfter = 60.0,
        bool $endless = true
    ): Generator {
        $this->prepare();
        $this->stopped = false;
        $id = '0'; // what is pending for this consumer, from the beginning
        while (!$this->stopped) {
            $block = $id === '>' ? \max(1, (int) \round($wait * 1000)) : null;
            $batch = $this->redis->xReadGroup($this->group, $this->name, [$this->stream => $id], $count, $block);
            $batch = $batch[$this->stream] ?? [];
            if ($batch === [] && $id !== '>') {
                $id = '>';
                continue;
            }
            if ($batch === [] && $claimAfter > 0) {
                $batch = $this->redis->xAutoClaim(
                    $this->stream,
                    $this->group,
                    $this->name,
                    (int) \round($claimAfter * 1000),
                    count: $count
                )[1];
            }
            if ($batch === [] && !$endless) {
                return;
            }
            foreach ($batch as $key => $fields) {
                if ($id !== '>') {
                    $id = (string) $key;
                }
                if ($fields === null) { // deleted from the stream while it was pending
                    $this->ack((string) $key);
                    continue;
                }
                yield (string) $key => $fields;
                if ($this->stopped) {
                    return;
                }
            }
        }
    }

    /**
     * Gives each message to the handler and acknowledges it when that returns. What the handler throws ends run(); the
     * message is pending then.
     *
     * @param callable(array<string, string>, string): mixed $handler is given fields and id
     * @return int how many messages were done
     * @throws Exception\RedisException
     */
    public function run(
        callable $handler,
        int $count = 10,
        float $wait = 5.0,
        float $claimAfter = 60.0,
        bool $endless = true
    ): int {
        $done = 0;
        foreach ($this->messages($count, $wait, $claimAfter, $endless) as $id => $fields) {
            $handler($fields, $id);
            $this->ack($id);
            $done++;
        }

        return $done;
    }

    /** Says that messages are done. */
    public function ack(string ...$ids): int
    {
        return $this->redis->xAck($this->stream, $this->group, $ids);
    }

    /** Ends messages() and run() behind the message that they are at. */
    public function stop(): void
    {
        $this->stopped = true;
    }

    private function prepare(): void
    {
        if ($this->ready) {
            return;
        }
        try {
            $this->redis->xGroupCreate($this->stream, $this->group, $this->from, makeStream: true);
        } catch (CommandException $e) {
            if ($e->getPrefix() !== 'BUSYGROUP') {
                throw $e;
            }
        }
        $this->ready = true;
    }
}
