<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for streams.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Streams
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /**
     * Says that messages are done; how many were pending.
     *
     * @param list<string> $ids
     */
    public function xAck(string $key, string $group, array $ids): int
    {
        return $this->send(['XACK', $key, $group, \array_values($ids)], Client::RAW);
    }

    /**
     * Takes over messages that others have left.
     *
     * @return array{string, array<string, array<string, string>|null>|list<string>, list<string>} where to go on, the
     *     messages, deleted ids
     */
    public function xAutoClaim(
        string $key,
        string $group,
        string $consumer,
        int $minIdleMilliseconds,
        string $start = '0-0',
        ?int $count = null,
        bool $justId = false
    ): array {
        return $this->send(
            [
                'XAUTOCLAIM',
                $key,
                $group,
                $consumer,
                $minIdleMilliseconds,
                $start,
                $count === null ? [] : ['COUNT', $count],
                $justId ? 'JUSTID' : [],
            ],
            $justId ? Client::RAW : Client::CLAIMED
        );
    }

    /** Takes over messages. Options: 'idle', 'time', 'retrycount' => int, 'force', 'justid' (then a list of ids). */
    public function xClaim(
        string $key,
        string $group,
        string $consumer,
        int $minIdleMilliseconds,
        array $ids,
        array $options = []
    ): array {
        return $this->send(
            ['XCLAIM', $key, $group, $consumer, $minIdleMilliseconds, \array_values($ids), Options::words($options)],
            Options::with($options, 'justid') ? Client::RAW : Client::ENTRIES
        );
    }

    /**
     * Deletes messages; how many there were.
     *
     * @param list<string> $ids
     */
    public function xDel(string $key, array $ids): int
    {
        return $this->send(['XDEL', $key, \array_values($ids)], Client::RAW);
    }

    /** Makes a consumer group that begins behind a message: '$' is the last, '0' the beginning. */
    public function xGroupCreate(
        string $key,
        string $group,
        string $id = '$',
        bool $makeStream = false,
        ?int $entriesRead = null
    ): bool {
        return $this->send(
            [
                'XGROUP',
                'CREATE',
                $key,
                $group,
                $id,
                $makeStream ? 'MKSTREAM' : [],
                $entriesRead === null ? [] : ['ENTRIESREAD', $entriesRead],
            ],
            Client::BOOL
        );
    }

    /** Makes a consumer; reading does so too. */
    public function xGroupCreateConsumer(string $key, string $group, string $consumer): bool
    {
        return $this->send(['XGROUP', 'CREATECONSUMER', $key, $group, $consumer], Client::BOOL);
    }

    /** Deletes a consumer; how many messages it had pending. */
    public function xGroupDelConsumer(string $key, string $group, string $consumer): int
    {
        return $this->send(['XGROUP', 'DELCONSUMER', $key, $group, $consumer], Client::RAW);
    }

    /** Deletes a group. */
    public function xGroupDestroy(string $key, string $group): bool
    {
        return $this->send(['XGROUP', 'DESTROY', $key, $group], Client::BOOL);
    }

    /**
     * What XGROUP can do.
     *
     * @return list<string>
     */
    public function xGroupHelp(): array
    {
        return $this->send(['XGROUP', 'HELP'], Client::RAW);
    }

    /** Sets which message a group was given last. */
    public function xGroupSetId(string $key, string $group, string $id, ?int $entriesRead = null): bool
    {
        return $this->send(
            ['XGROUP', 'SETID', $key, $group, $id, $entriesRead === null ? [] : ['ENTRIESREAD', $entriesRead]],
            Client::BOOL
        );
    }

    /**
     * A group's consumers.
     *
     * @return list<array<string, mixed>>
     */
    public function xInfoConsumers(string $key, string $group): array
    {
        return $this->send(['XINFO', 'CONSUMERS', $key, $group], Client::MAPS);
    }

    /**
     * A stream's groups.
     *
     * @return list<array<string, mixed>>
     */
    public function xInfoGroups(string $key): array
    {
        return $this->send(['XINFO', 'GROUPS', $key], Client::MAPS);
    }

    /**
     * What XINFO can do.
     *
     * @return list<string>
     */
    public function xInfoHelp(): array
    {
        return $this->send(['XINFO', 'HELP'], Client::RAW);
    }

    /**
     * A stream's figures.
     *
     * @return array<string, mixed>
     */
    public function xInfoStream(string $key, bool $full = false, ?int $count = null): array
    {
        return $this->send(
            ['XINFO', 'STREAM', $key, $full ? 'FULL' : [], $count === null ? [] : ['COUNT', $count]],
            Client::MAP
        );
    }

    /** How many messages there are. */
    public function xLen(string $key): int
    {
        return $this->send(['XLEN', $key], Client::RAW);
    }

    /**
     * Messages by id.
     *
     * @return array<string, array<string, string>>
     */
    public function xRange(string $key, string $start = '-', string $end = '+', ?int $count = null): array
    {
        return $this->send(['XRANGE', $key, $start, $end, $count === null ? [] : ['COUNT', $count]], Client::ENTRIES);
    }

    /**
     * Messages behind an id of each stream ('$': new ones), waiting for them if $blockMilliseconds says so (0: without
     * end).
     *
     * @param array<string, string> $streams name => id
     * @return array<string, array<string, array<string, string>>>|null
     */
    public function xRead(array $streams, ?int $count = null, ?int $blockMilliseconds = null): ?array
    {
        return $this->send(
            [
                'XREAD',
                $count === null ? [] : ['COUNT', $count],
                $blockMilliseconds === null ? [] : ['BLOCK', $blockMilliseconds],
                'STREAMS',
                \array_keys($streams),
                \array_values($streams),
            ],
            Client::STREAMS
        );
    }

    /**
     * Messages for a consumer of a group: '>' are those that nobody was given yet, an id those that are pending.
     *
     * @param array<string, string> $streams name => id
     * @return array<string, array<string, array<string, string>|null>>|null
     */
    public function xReadGroup(
        string $group,
        string $consumer,
        array $streams,
        ?int $count = null,
        ?int $blockMilliseconds = null,
        bool $noAck = false
    ): ?array {
        return $this->send(
            [
                'XREADGROUP',
                'GROUP',
                $group,
                $consumer,
                $count === null ? [] : ['COUNT', $count],
                $blockMilliseconds === null ? [] : ['BLOCK', $blockMilliseconds],
                $noAck ? 'NOACK' : [],
                'STREAMS',
                \array_keys($streams),
                \array_values($streams),
            ],
            Client::STREAMS
        );
    }

    /**
     * Messages by id, the last first.
     *
     * @return array<string, array<string, string>>
     */
    public function xRevRange(string $key, string $end = '+', string $start = '-', ?int $count = null): array
    {
        return $this->send(
            ['XREVRANGE', $key, $end, $start, $count === null ? [] : ['COUNT', $count]],
            Client::ENTRIES
        );
    }

    /** Sets a stream's last id. */
    public function xSetId(string $key, string $lastId, ?int $entriesAdded = null, ?string $maxDeletedId = null): bool
    {
        return $this->send(
            [
                'XSETID',
                $key,
                $lastId,
                $entriesAdded === null ? [] : ['ENTRIESADDED', $entriesAdded],
                $maxDeletedId === null ? [] : ['MAXDELETEDID', $maxDeletedId],
            ],
            Client::BOOL
        );
    }

    /** Drops the oldest messages, down to a length or to an id; how many. */
    public function xTrim(
        string $key,
        int|string $threshold,
        bool $approximate = false,
        bool $minId = false,
        ?int $limit = null
    ): int {
        return $this->send(
            [
                'XTRIM',
                $key,
                $minId ? 'MINID' : 'MAXLEN',
                $approximate ? '~' : '=',
                $threshold,
                $limit === null ? [] : ['LIMIT', $limit],
            ],
            Client::RAW
        );
    }

    /**
     * Adds a message.
     *
     * @param string $id '*' lets the server choose
     * @param array<string, string|int|float> $fields
     * @param int|null $maxLength the oldest are dropped beyond it
     * @param bool $approximate dropping may leave some more, which is cheaper
     * @return string|null the id; null: the stream is not there, and $makeStream is false
     */
    public function xAdd(
        string $key,
        string $id,
        array $fields,
        ?int $maxLength = null,
        bool $approximate = false,
        bool $makeStream = true,
        ?string $minId = null
    ): ?string {
        $trim = match (true) {
            $maxLength !== null => ['MAXLEN', $approximate ? '~' : '=', $maxLength],
            $minId !== null => ['MINID', $approximate ? '~' : '=', $minId],
            default => [],
        };

        return $this->send(
            ['XADD', $key, $makeStream ? [] : 'NOMKSTREAM', $trim, $id, Options::pairs($fields)],
            Client::RAW
        );
    }

    /**
     * Messages that consumers were given and have not acknowledged. Without $count a summary: [how many, first id,
     * last id, list of [consumer, how many]]; else a list of [id, consumer, milliseconds since, times given].
     *
     * @return list<mixed>
     */
    public function xPending(
        string $key,
        string $group,
        string $start = '-',
        string $end = '+',
        ?int $count = null,
        ?string $consumer = null,
        ?int $minIdleMilliseconds = null
    ): array {
        if ($count === null) {
            return $this->send(['XPENDING', $key, $group], Client::RAW);
        }

        return $this->send(
            [
                'XPENDING',
                $key,
                $group,
                $minIdleMilliseconds === null ? [] : ['IDLE', $minIdleMilliseconds],
                $start,
                $end,
                $count,
                $consumer ?? [],
            ],
            Client::RAW
        );
    }
}
