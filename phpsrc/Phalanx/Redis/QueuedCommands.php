<?php

declare(strict_types=1);

namespace Phalanx\Redis;

/**
 * The commands, to be sent later. Made of Commands/*.php by goengine/redis/queued_test.go.
 *
 * @internal part of Pipeline and Transaction
 */
trait QueuedCommands
{
    abstract protected function queue(array $arguments, int $shape): static;

    /** How many bits are set, of the bytes from $start to $end. $unit: 'BYTE' or 'BIT' (Redis 7). */
    public function bitCount(string $key, ?int $start = null, ?int $end = null, ?string $unit = null): static
    {
        return $this->queue(['BITCOUNT', $key, $start ?? [], $end ?? [], $unit ?? []], Client::RAW);
    }

    /**
     * Integers of any width: bitField('k', 'INCRBY', 'u8', 0, 1, 'GET', 'i5', '#2').
     */
    public function bitField(string $key, string|int ...$operations): static
    {
        return $this->queue(['BITFIELD', $key, $operations], Client::RAW);
    }

    /**
     * bitField() that only gets.
     */
    public function bitFieldRo(string $key, string|int ...$operations): static
    {
        return $this->queue(['BITFIELD_RO', $key, $operations], Client::RAW);
    }

    /** 'AND', 'OR', 'XOR' or 'NOT' of strings; the length of what was stored. */
    public function bitOp(string $operation, string $destination, string ...$keys): static
    {
        return $this->queue(['BITOP', $operation, $destination, $keys], Client::RAW);
    }

    /** Where the first such bit is; -1: nowhere. */
    public function bitPos(
        string $key,
        int|bool $bit,
        ?int $start = null,
        ?int $end = null,
        ?string $unit = null
    ): static {
        return $this->queue(['BITPOS', $key, $bit, $start ?? [], $end ?? [], $unit ?? []], Client::RAW);
    }

    /** A bit: 0 or 1. */
    public function getBit(string $key, int $offset): static
    {
        return $this->queue(['GETBIT', $key, $offset], Client::RAW);
    }

    /** Sets a bit and gives what it was. */
    public function setBit(string $key, int $offset, int|bool $bit): static
    {
        return $this->queue(['SETBIT', $key, $offset, $bit], Client::RAW);
    }

    /** Sends a message; how many got it, of the clients of that server. */
    public function publish(string $channel, string $message): static
    {
        return $this->queue(['PUBLISH', $channel, $message], Client::RAW);
    }

    /** Sends a message to a sharded channel (Redis 7). */
    public function sPublish(string $channel, string $message): static
    {
        return $this->queue(['SPUBLISH', $channel, $message], Client::RAW);
    }

    /**
     * Channels that have subscribers.
     */
    public function pubSubChannels(?string $pattern = null): static
    {
        return $this->queue(['PUBSUB', 'CHANNELS', $pattern ?? []], Client::RAW);
    }

    /**
     * What PUBSUB can do.
     */
    public function pubSubHelp(): static
    {
        return $this->queue(['PUBSUB', 'HELP'], Client::RAW);
    }

    /** How many patterns have subscribers. */
    public function pubSubNumPat(): static
    {
        return $this->queue(['PUBSUB', 'NUMPAT'], Client::RAW);
    }

    /**
     * How many subscribers channels have.
     */
    public function pubSubNumSub(string ...$channels): static
    {
        return $this->queue(['PUBSUB', 'NUMSUB', $channels], Client::MAP);
    }

    /**
     * Sharded channels that have subscribers.
     */
    public function pubSubShardChannels(?string $pattern = null): static
    {
        return $this->queue(['PUBSUB', 'SHARDCHANNELS', $pattern ?? []], Client::RAW);
    }

    /**
     * How many subscribers sharded channels have.
     */
    public function pubSubShardNumSub(string ...$channels): static
    {
        return $this->queue(['PUBSUB', 'SHARDNUMSUB', $channels], Client::MAP);
    }

    /** Gives slots to the node. */
    public function clusterAddSlots(int ...$slots): static
    {
        return $this->queue(['CLUSTER', 'ADDSLOTS', $slots], Client::BOOL);
    }

    /** Gives slots to the node. */
    public function clusterAddSlotsRange(int $start, int $end): static
    {
        return $this->queue(['CLUSTER', 'ADDSLOTSRANGE', $start, $end], Client::BOOL);
    }

    /** Advances the node's epoch. */
    public function clusterBumpEpoch(): static
    {
        return $this->queue(['CLUSTER', 'BUMPEPOCH'], Client::RAW);
    }

    /** How many nodes think that one has failed. */
    public function clusterCountFailureReports(string $node): static
    {
        return $this->queue(['CLUSTER', 'COUNT-FAILURE-REPORTS', $node], Client::RAW);
    }

    /** How many keys the node has in a slot. */
    public function clusterCountKeysInSlot(int $slot): static
    {
        return $this->queue(['CLUSTER', 'COUNTKEYSINSLOT', $slot], Client::RAW);
    }

    /** Takes slots from the node. */
    public function clusterDelSlots(int ...$slots): static
    {
        return $this->queue(['CLUSTER', 'DELSLOTS', $slots], Client::BOOL);
    }

    /** Takes slots from the node. */
    public function clusterDelSlotsRange(int $start, int $end): static
    {
        return $this->queue(['CLUSTER', 'DELSLOTSRANGE', $start, $end], Client::BOOL);
    }

    /** Makes a replica the master. $mode: 'FORCE' or 'TAKEOVER'. */
    public function clusterFailover(?string $mode = null): static
    {
        return $this->queue(['CLUSTER', 'FAILOVER', $mode ?? []], Client::BOOL);
    }

    /** Takes all slots from the node. */
    public function clusterFlushSlots(): static
    {
        return $this->queue(['CLUSTER', 'FLUSHSLOTS'], Client::BOOL);
    }

    /** Removes a node. */
    public function clusterForget(string $node): static
    {
        return $this->queue(['CLUSTER', 'FORGET', $node], Client::BOOL);
    }

    /**
     * Keys of a slot.
     */
    public function clusterGetKeysInSlot(int $slot, int $count): static
    {
        return $this->queue(['CLUSTER', 'GETKEYSINSLOT', $slot, $count], Client::RAW);
    }

    /**
     * What CLUSTER can do.
     */
    public function clusterHelp(): static
    {
        return $this->queue(['CLUSTER', 'HELP'], Client::RAW);
    }

    /**
     * The cluster's figures.
     */
    public function clusterInfo(): static
    {
        return $this->queue(['CLUSTER', 'INFO'], Client::INFO);
    }

    /** The slot of a key. */
    public function clusterKeySlot(string $key): static
    {
        return $this->queue(['CLUSTER', 'KEYSLOT', $key], Client::RAW);
    }

    /**
     * The connections between nodes.
     */
    public function clusterLinks(): static
    {
        return $this->queue(['CLUSTER', 'LINKS'], Client::MAPS);
    }

    /** Adds a node. */
    public function clusterMeet(string $host, int $port): static
    {
        return $this->queue(['CLUSTER', 'MEET', $host, $port], Client::BOOL);
    }

    /** The node's name. */
    public function clusterMyId(): static
    {
        return $this->queue(['CLUSTER', 'MYID'], Client::RAW);
    }

    /** The nodes, a line each. */
    public function clusterNodes(): static
    {
        return $this->queue(['CLUSTER', 'NODES'], Client::RAW);
    }

    /**
     * A master's replicas.
     */
    public function clusterReplicas(string $node): static
    {
        return $this->queue(['CLUSTER', 'REPLICAS', $node], Client::RAW);
    }

    /** Makes the node a replica. */
    public function clusterReplicate(string $node): static
    {
        return $this->queue(['CLUSTER', 'REPLICATE', $node], Client::BOOL);
    }

    /** Makes the node forget the cluster. $mode: 'HARD' or 'SOFT'. */
    public function clusterReset(?string $mode = null): static
    {
        return $this->queue(['CLUSTER', 'RESET', $mode ?? []], Client::BOOL);
    }

    /** Writes the node's state. */
    public function clusterSaveConfig(): static
    {
        return $this->queue(['CLUSTER', 'SAVECONFIG'], Client::BOOL);
    }

    /** Sets the epoch of a new node. */
    public function clusterSetConfigEpoch(int $epoch): static
    {
        return $this->queue(['CLUSTER', 'SET-CONFIG-EPOCH', $epoch], Client::BOOL);
    }

    /** Says where a slot is. */
    public function clusterSetSlot(int $slot, string ...$arguments): static
    {
        return $this->queue(['CLUSTER', 'SETSLOT', $slot, $arguments], Client::BOOL);
    }

    /**
     * Slots and nodes.
     */
    public function clusterShards(): static
    {
        return $this->queue(['CLUSTER', 'SHARDS'], Client::MAPS);
    }

    /**
     * clusterReplicas() by its old name.
     */
    public function clusterSlaves(string $node): static
    {
        return $this->queue(['CLUSTER', 'SLAVES', $node], Client::RAW);
    }

    /**
     * Ranges of slots and their nodes.
     */
    public function clusterSlots(): static
    {
        return $this->queue(['CLUSTER', 'SLOTS'], Client::RAW);
    }

    /** A distance, in 'm', 'km', 'mi' or 'ft'. */
    public function geoDist(string $key, string $member1, string $member2, string $unit = 'm'): static
    {
        return $this->queue(['GEODIST', $key, $member1, $member2, $unit], Client::FLOAT);
    }

    /**
     * Geohashes.
     */
    public function geoHash(string $key, string ...$members): static
    {
        return $this->queue(['GEOHASH', $key, $members], Client::RAW);
    }

    /**
     * Positions.
     */
    public function geoPos(string $key, string ...$members): static
    {
        return $this->queue(['GEOPOS', $key, $members], Client::POSITIONS);
    }

    /** Members around a place, by the old command. Options as for geoSearch(). */
    public function geoRadius(
        string $key,
        float $longitude,
        float $latitude,
        float $radius,
        string $unit,
        array $options = []
    ): static {
        return $this->queue(
            ['GEORADIUS_RO', $key, $longitude, $latitude, $radius, $unit, Options::words($options)],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /** Members around another, by the old command. Options as for geoSearch(). */
    public function geoRadiusByMember(
        string $key,
        string $member,
        float $radius,
        string $unit,
        array $options = []
    ): static {
        return $this->queue(
            ['GEORADIUSBYMEMBER_RO', $key, $member, $radius, $unit, Options::words($options)],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /** Stores geoRadius(). Options: 'store' or 'storedist' => key, 'count', 'asc' or 'desc'. */
    public function geoRadiusStore(
        string $key,
        float $longitude,
        float $latitude,
        float $radius,
        string $unit,
        array $options
    ): static {
        return $this->queue(
            ['GEORADIUS', $key, $longitude, $latitude, $radius, $unit, Options::words($options)],
            Client::RAW
        );
    }

    /** Stores geoRadiusByMember(). Options: 'store' or 'storedist' => key, 'count', 'asc' or 'desc'. */
    public function geoRadiusByMemberStore(
        string $key,
        string $member,
        float $radius,
        string $unit,
        array $options
    ): static {
        return $this->queue(
            ['GEORADIUSBYMEMBER', $key, $member, $radius, $unit, Options::words($options)],
            Client::RAW
        );
    }

    /**
     * Adds members with places: geoAdd('k', 13.36, 38.11, 'Palermo', 15.08, 37.5, 'Catania'); how many are new.
     *
     * @param string|int|float ...$more latitude, member, and so on; behind them an array of options: 'nx', 'xx', 'ch'
     */
    public function geoAdd(string $key, float $longitude, string|int|float|array ...$more): static
    {
        $last = \end($more);
        $options = \is_array($last) ? \array_pop($more) : [];

        return $this->queue(['GEOADD', $key, Options::words($options), $longitude, \array_values($more)], Client::RAW);
    }

    /**
     * Members around a place or another member, in a circle or a rectangle.
     *
     * @param array{float, float}|string $from longitude and latitude, or a member
     * @param array{float, float}|float|int $shape the radius, or width and height
     * @param string $unit 'm', 'km', 'mi' or 'ft'
     * @param array<int|string, mixed> $options 'count' => int or [int, 'any'], 'asc' or 'desc', 'withcoord',
     *     'withdist', 'withhash'
     */
    public function geoSearch(
        string $key,
        array|string $from,
        array|float|int $shape,
        string $unit = 'm',
        array $options = []
    ): static {
        return $this->queue(
            [
                'GEOSEARCH',
                $key,
                \is_array($from) ? ['FROMLONLAT', ...\array_values($from)] : ['FROMMEMBER', $from],
                \is_array($shape) ? ['BYBOX', ...\array_values($shape)] : ['BYRADIUS', $shape],
                $unit,
                Options::words($options),
            ],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /**
     * Stores geoSearch(); how many members.
     *
     * @param array{float, float}|string $from longitude and latitude, or a member
     * @param array{float, float}|float|int $shape the radius, or width and height
     * @param array<int|string, mixed> $options as for geoSearch(), and 'storedist'
     */
    public function geoSearchStore(
        string $destination,
        string $source,
        array|string $from,
        array|float|int $shape,
        string $unit = 'm',
        array $options = []
    ): static {
        return $this->queue(
            [
                'GEOSEARCHSTORE',
                $destination,
                $source,
                \is_array($from) ? ['FROMLONLAT', ...\array_values($from)] : ['FROMMEMBER', $from],
                \is_array($shape) ? ['BYBOX', ...\array_values($shape)] : ['BYRADIUS', $shape],
                $unit,
                Options::words($options),
            ],
            Client::RAW
        );
    }

    /** Deletes fields; how many there were. */
    public function hDel(string $key, string|int ...$fields): static
    {
        return $this->queue(['HDEL', $key, $fields], Client::RAW);
    }

    /** Whether a field is there. */
    public function hExists(string $key, string $field): static
    {
        return $this->queue(['HEXISTS', $key, $field], Client::BOOL);
    }

    /** A field. */
    public function hGet(string $key, string $field): static
    {
        return $this->queue(['HGET', $key, $field], Client::RAW);
    }

    /**
     * All fields; none: the hash does not exist.
     */
    public function hGetAll(string $key): static
    {
        return $this->queue(['HGETALL', $key], Client::MAP);
    }

    /** Adds to a field. */
    public function hIncrBy(string $key, string $field, int $by): static
    {
        return $this->queue(['HINCRBY', $key, $field, $by], Client::RAW);
    }

    /** Adds to a field. */
    public function hIncrByFloat(string $key, string $field, float $by): static
    {
        return $this->queue(['HINCRBYFLOAT', $key, $field, $by], Client::FLOAT);
    }

    /**
     * The names of all fields.
     */
    public function hKeys(string $key): static
    {
        return $this->queue(['HKEYS', $key], Client::RAW);
    }

    /** How many fields there are. */
    public function hLen(string $key): static
    {
        return $this->queue(['HLEN', $key], Client::RAW);
    }

    /**
     * Fields under their names; null: not there.
     */
    public function hMGet(string $key, array $fields): static
    {
        return $this->queue(['HMGET', $key, \array_values($fields)], Client::FIELDS);
    }

    /**
     * Sets fields.
     *
     * @param array<string, string|int|float> $fields
     */
    public function hMSet(string $key, array $fields): static
    {
        return $this->queue(['HMSET', $key, Options::pairs($fields)], Client::BOOL);
    }

    /** Any field; with $count a list of them, with values too: name => value. */
    public function hRandField(string $key, ?int $count = null, bool $withValues = false): static
    {
        return $this->queue(
            ['HRANDFIELD', $key, $count ?? [], $withValues ? 'WITHVALUES' : []],
            $withValues ? Client::MAP : Client::RAW
        );
    }

    /** Sets a field that is not there. */
    public function hSetNx(string $key, string $field, string|int|float $value): static
    {
        return $this->queue(['HSETNX', $key, $field, $value], Client::BOOL);
    }

    /** The length of a field. */
    public function hStrLen(string $key, string $field): static
    {
        return $this->queue(['HSTRLEN', $key, $field], Client::RAW);
    }

    /**
     * The values of all fields.
     */
    public function hVals(string $key): static
    {
        return $this->queue(['HVALS', $key], Client::RAW);
    }

    /**
     * Sets the time to live of fields (Redis 7.4): 1 set, 0 not, 2 gone at once, -2 no such field.
     */
    public function hExpire(string $key, int $seconds, array $fields, ?string $mode = null): static
    {
        return $this->queue(
            ['HEXPIRE', $key, $seconds, $mode ?? [], 'FIELDS', \count($fields), \array_values($fields)],
            Client::RAW
        );
    }

    /**
     * hExpire() in milliseconds.
     */
    public function hPExpire(string $key, int $milliseconds, array $fields, ?string $mode = null): static
    {
        return $this->queue(
            ['HPEXPIRE', $key, $milliseconds, $mode ?? [], 'FIELDS', \count($fields), \array_values($fields)],
            Client::RAW
        );
    }

    /**
     * Takes the time to live of fields away (Redis 7.4).
     */
    public function hPersist(string $key, array $fields): static
    {
        return $this->queue(['HPERSIST', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * The seconds fields have to live (Redis 7.4); -1: no limit, -2: there is none.
     */
    public function hTtl(string $key, array $fields): static
    {
        return $this->queue(['HTTL', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * hTtl() in milliseconds.
     */
    public function hPTtl(string $key, array $fields): static
    {
        return $this->queue(['HPTTL', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * Sets fields: hSet('k', 'name', 'Ada'), hSet('k', 'a', 1, 'b', 2) or hSet('k', ['a' => 1, 'b' => 2]); how many are
     * new.
     *
     * @param array<string, string|int|float>|string $field
     */
    public function hSet(string $key, array|string $field, string|int|float ...$valueAndMore): static
    {
        return $this->queue(
            ['HSET', $key, \is_array($field) ? Options::pairs($field) : $field, $valueAndMore],
            Client::RAW
        );
    }

    /**
     * Adds elements; whether the estimate may have changed.
     *
     * @param list<string|int|float> $elements
     */
    public function pfAdd(string $key, array $elements): static
    {
        return $this->queue(['PFADD', $key, \array_values($elements)], Client::BOOL);
    }

    /** About how many different elements were added. */
    public function pfCount(string|array $key, string ...$more): static
    {
        return $this->queue(['PFCOUNT', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /**
     * Merges others into one.
     *
     * @param list<string> $sources
     */
    public function pfMerge(string $destination, array $sources): static
    {
        return $this->queue(['PFMERGE', $destination, \array_values($sources)], Client::BOOL);
    }

    /** Copies a value. Options: 'db' => int, 'replace'. */
    public function copy(string $source, string $destination, array $options = []): static
    {
        return $this->queue(['COPY', $source, $destination, Options::words($options)], Client::BOOL);
    }

    /** Deletes keys; how many there were. */
    public function del(string|array $key, string ...$more): static
    {
        return $this->queue(['DEL', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** A value in Redis' own serialized form, for restore(). */
    public function dump(string $key): static
    {
        return $this->queue(['DUMP', $key], Client::RAW);
    }

    /** How many of the keys exist; one named twice counts twice. */
    public function exists(string|array $key, string ...$more): static
    {
        return $this->queue(['EXISTS', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Sets the time to live. $mode: 'NX', 'XX', 'GT' or 'LT' (Redis 7). */
    public function expire(string $key, int $seconds, ?string $mode = null): static
    {
        return $this->queue(['EXPIRE', $key, $seconds, $mode ?? []], Client::BOOL);
    }

    /** Sets when the key goes, as a Unix time. */
    public function expireAt(string $key, int $timestamp, ?string $mode = null): static
    {
        return $this->queue(['EXPIREAT', $key, $timestamp, $mode ?? []], Client::BOOL);
    }

    /** When the key goes, as a Unix time; -1: never, -2: there is none. */
    public function expireTime(string $key): static
    {
        return $this->queue(['EXPIRETIME', $key], Client::RAW);
    }

    /**
     * All names that match. It holds up the server: scan() does not.
     */
    public function keys(string $pattern): static
    {
        return $this->queue(['KEYS', $pattern], Client::RAW);
    }

    /**
     * Moves keys to another server: 'OK', or 'NOKEY'. Options: 'copy', 'replace', 'auth' => password, 'auth2' =>
     * [user, password].
     */
    public function migrate(
        string $host,
        int $port,
        string|array $keys,
        int $database,
        int $milliseconds,
        array $options = []
    ): static {
        return $this->queue(
            [
                'MIGRATE',
                $host,
                $port,
                '',
                $database,
                $milliseconds,
                Options::words($options),
                'KEYS',
                \is_array($keys) ? \array_values($keys) : $keys,
            ],
            Client::RAW
        );
    }

    /** Moves a key to another database. */
    public function move(string $key, int $database): static
    {
        return $this->queue(['MOVE', $key, $database], Client::BOOL);
    }

    /** How a value is stored. */
    public function objectEncoding(string $key): static
    {
        return $this->queue(['OBJECT', 'ENCODING', $key], Client::RAW);
    }

    /** How often a key is used, where maxmemory-policy is an LFU one. */
    public function objectFreq(string $key): static
    {
        return $this->queue(['OBJECT', 'FREQ', $key], Client::RAW);
    }

    /** Seconds since a key was used. */
    public function objectIdletime(string $key): static
    {
        return $this->queue(['OBJECT', 'IDLETIME', $key], Client::RAW);
    }

    /** References to a value. */
    public function objectRefcount(string $key): static
    {
        return $this->queue(['OBJECT', 'REFCOUNT', $key], Client::RAW);
    }

    /**
     * What OBJECT can do.
     */
    public function objectHelp(): static
    {
        return $this->queue(['OBJECT', 'HELP'], Client::RAW);
    }

    /** Takes the time to live away. */
    public function persist(string $key): static
    {
        return $this->queue(['PERSIST', $key], Client::BOOL);
    }

    /** Sets the time to live. */
    public function pExpire(string $key, int $milliseconds, ?string $mode = null): static
    {
        return $this->queue(['PEXPIRE', $key, $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** Sets when the key goes, in milliseconds of Unix time. */
    public function pExpireAt(string $key, int $milliseconds, ?string $mode = null): static
    {
        return $this->queue(['PEXPIREAT', $key, $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** When the key goes, in milliseconds of Unix time; -1: never, -2: there is none. */
    public function pExpireTime(string $key): static
    {
        return $this->queue(['PEXPIRETIME', $key], Client::RAW);
    }

    /** The milliseconds to live; -1: no limit, -2: there is none. */
    public function pTtl(string $key): static
    {
        return $this->queue(['PTTL', $key], Client::RAW);
    }

    /** Any key. */
    public function randomKey(): static
    {
        return $this->queue(['RANDOMKEY'], Client::RAW);
    }

    /** Renames a key; one that has the new name is gone. */
    public function rename(string $key, string $newKey): static
    {
        return $this->queue(['RENAME', $key, $newKey], Client::BOOL);
    }

    /** Renames a key unless the new name is taken. */
    public function renameNx(string $key, string $newKey): static
    {
        return $this->queue(['RENAMENX', $key, $newKey], Client::BOOL);
    }

    /**
     * Makes a value of what dump() has given; 0 milliseconds: no time to live. Options: 'replace', 'absttl',
     * 'idletime' => int, 'freq' => int.
     */
    public function restore(string $key, int $milliseconds, string $serialized, array $options = []): static
    {
        return $this->queue(['RESTORE', $key, $milliseconds, $serialized, Options::words($options)], Client::BOOL);
    }

    /**
     * Sorts a list, set or sorted set. Options: 'by' => pattern, 'limit' => [offset, count], 'get' => pattern or
     * patterns, 'asc' or 'desc', 'alpha', 'store' => key (the result is then how many).
     */
    public function sort(string $key, array $options = []): static
    {
        return $this->queue(['SORT', $key, Options::words($options)], Client::RAW);
    }

    /**
     * sort() that cannot store.
     */
    public function sortRo(string $key, array $options = []): static
    {
        return $this->queue(['SORT_RO', $key, Options::words($options)], Client::RAW);
    }

    /** Notes that keys are used; how many exist. */
    public function touch(string|array $key, string ...$more): static
    {
        return $this->queue(['TOUCH', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** The seconds to live; -1: no limit, -2: there is none. */
    public function ttl(string $key): static
    {
        return $this->queue(['TTL', $key], Client::RAW);
    }

    /** 'string', 'list', 'set', 'zset', 'hash', 'stream' or 'none'. */
    public function type(string $key): static
    {
        return $this->queue(['TYPE', $key], Client::RAW);
    }

    /** del() whose memory is freed in the background. */
    public function unlink(string|array $key, string ...$more): static
    {
        return $this->queue(['UNLINK', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Waits until replicas have earlier writes of this connection: use it on connection(). How many have. */
    public function wait(int $replicas, int $milliseconds): static
    {
        return $this->queue(['WAIT', $replicas, $milliseconds], Client::RAW);
    }

    /** lMove() that waits, at most so long; 0: without end. */
    public function blMove(string $source, string $destination, string $from, string $to, float $seconds): static
    {
        return $this->queue(['BLMOVE', $source, $destination, $from, $to, $seconds], Client::RAW);
    }

    /**
     * lmPop() that waits.
     */
    public function blmPop(float $seconds, array $keys, string $from, int $count = 1): static
    {
        return $this->queue(
            ['BLMPOP', $seconds, \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::RAW
        );
    }

    /**
     * The first element of the first list that has one, waiting for it; 0: without end.
     */
    public function blPop(string|array $keys, float $seconds): static
    {
        return $this->queue(['BLPOP', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::RAW);
    }

    /**
     * blPop() from the other end.
     */
    public function brPop(string|array $keys, float $seconds): static
    {
        return $this->queue(['BRPOP', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::RAW);
    }

    /** rPopLPush() that waits. */
    public function bRPopLPush(string $source, string $destination, float $seconds): static
    {
        return $this->queue(['BRPOPLPUSH', $source, $destination, $seconds], Client::RAW);
    }

    /** An element; negative indexes count from the end. */
    public function lIndex(string $key, int $index): static
    {
        return $this->queue(['LINDEX', $key, $index], Client::RAW);
    }

    /** Inserts 'BEFORE' or 'AFTER' an element; the length, -1: no such element, 0: no such list. */
    public function lInsert(string $key, string $where, string|int|float $pivot, string|int|float $value): static
    {
        return $this->queue(['LINSERT', $key, $where, $pivot, $value], Client::RAW);
    }

    /** The length of a list. */
    public function lLen(string $key): static
    {
        return $this->queue(['LLEN', $key], Client::RAW);
    }

    /** Moves an element from the 'LEFT' or 'RIGHT' end of a list to an end of another. */
    public function lMove(string $source, string $destination, string $from, string $to): static
    {
        return $this->queue(['LMOVE', $source, $destination, $from, $to], Client::RAW);
    }

    /**
     * Elements of the first list that has any.
     */
    public function lmPop(array $keys, string $from, int $count = 1): static
    {
        return $this->queue(['LMPOP', \count($keys), \array_values($keys), $from, 'COUNT', $count], Client::RAW);
    }

    /** The first element; with $count a list of them. */
    public function lPop(string $key, ?int $count = null): static
    {
        return $this->queue(['LPOP', $key, $count ?? []], Client::RAW);
    }

    /** Where an element is. Options: 'rank', 'count' (then a list), 'maxlen' => int. */
    public function lPos(string $key, string|int|float $value, array $options = []): static
    {
        return $this->queue(['LPOS', $key, $value, Options::words($options)], Client::RAW);
    }

    /** Puts elements at the head; the length. */
    public function lPush(string $key, string|int|float ...$values): static
    {
        return $this->queue(['LPUSH', $key, $values], Client::RAW);
    }

    /** lPush() if the list exists. */
    public function lPushX(string $key, string|int|float ...$values): static
    {
        return $this->queue(['LPUSHX', $key, $values], Client::RAW);
    }

    /**
     * Elements, both ends included; negative ones count from the end.
     */
    public function lRange(string $key, int $start, int $end): static
    {
        return $this->queue(['LRANGE', $key, $start, $end], Client::RAW);
    }

    /**
     * Removes equal elements: all (0), $count from the head, or from the tail (negative). The arguments are in ext-
     * redis' order.
     */
    public function lRem(string $key, string|int|float $value, int $count = 0): static
    {
        return $this->queue(['LREM', $key, $count, $value], Client::RAW);
    }

    /** Sets an element. */
    public function lSet(string $key, int $index, string|int|float $value): static
    {
        return $this->queue(['LSET', $key, $index, $value], Client::BOOL);
    }

    /** Keeps these elements only. */
    public function lTrim(string $key, int $start, int $end): static
    {
        return $this->queue(['LTRIM', $key, $start, $end], Client::BOOL);
    }

    /** The last element; with $count a list of them. */
    public function rPop(string $key, ?int $count = null): static
    {
        return $this->queue(['RPOP', $key, $count ?? []], Client::RAW);
    }

    /** Moves the last element of a list to the head of another. */
    public function rPopLPush(string $source, string $destination): static
    {
        return $this->queue(['RPOPLPUSH', $source, $destination], Client::RAW);
    }

    /** Puts elements at the tail; the length. */
    public function rPush(string $key, string|int|float ...$values): static
    {
        return $this->queue(['RPUSH', $key, $values], Client::RAW);
    }

    /** rPush() if the list exists. */
    public function rPushX(string $key, string|int|float ...$values): static
    {
        return $this->queue(['RPUSHX', $key, $values], Client::RAW);
    }

    /** Runs Lua; the first $keys arguments are keys. script() sends a script's text only once. */
    public function eval(string $script, array $arguments = [], int $keys = 0): static
    {
        return $this->queue(['EVAL', $script, $keys, \array_values($arguments)], Client::RAW);
    }

    /** eval() of a script that only reads. */
    public function evalRo(string $script, array $arguments = [], int $keys = 0): static
    {
        return $this->queue(['EVAL_RO', $script, $keys, \array_values($arguments)], Client::RAW);
    }

    /** Runs a script that the server knows. */
    public function evalSha(string $sha1, array $arguments = [], int $keys = 0): static
    {
        return $this->queue(['EVALSHA', $sha1, $keys, \array_values($arguments)], Client::RAW);
    }

    /** evalSha() of a script that only reads. */
    public function evalShaRo(string $sha1, array $arguments = [], int $keys = 0): static
    {
        return $this->queue(['EVALSHA_RO', $sha1, $keys, \array_values($arguments)], Client::RAW);
    }

    /** Calls a function of a library (Redis 7). */
    public function fCall(string $function, array $keys = [], array $arguments = []): static
    {
        return $this->queue(
            ['FCALL', $function, \count($keys), \array_values($keys), \array_values($arguments)],
            Client::RAW
        );
    }

    /** fCall() of a function that only reads. */
    public function fCallRo(string $function, array $keys = [], array $arguments = []): static
    {
        return $this->queue(
            ['FCALL_RO', $function, \count($keys), \array_values($keys), \array_values($arguments)],
            Client::RAW
        );
    }

    /** Deletes a library. */
    public function functionDelete(string $library): static
    {
        return $this->queue(['FUNCTION', 'DELETE', $library], Client::BOOL);
    }

    /** All libraries, for functionRestore(). */
    public function functionDump(): static
    {
        return $this->queue(['FUNCTION', 'DUMP'], Client::RAW);
    }

    /** Deletes all libraries. $mode: 'ASYNC' or 'SYNC'. */
    public function functionFlush(?string $mode = null): static
    {
        return $this->queue(['FUNCTION', 'FLUSH', $mode ?? []], Client::BOOL);
    }

    /**
     * What FUNCTION can do.
     */
    public function functionHelp(): static
    {
        return $this->queue(['FUNCTION', 'HELP'], Client::RAW);
    }

    /** Ends a function that runs and has written nothing. */
    public function functionKill(): static
    {
        return $this->queue(['FUNCTION', 'KILL'], Client::BOOL);
    }

    /**
     * The libraries.
     */
    public function functionList(?string $pattern = null, bool $withCode = false): static
    {
        return $this->queue(
            ['FUNCTION', 'LIST', $pattern === null ? [] : ['LIBRARYNAME', $pattern], $withCode ? 'WITHCODE' : []],
            Client::DEEP
        );
    }

    /** Loads a library; its name. */
    public function functionLoad(string $code, bool $replace = false): static
    {
        return $this->queue(['FUNCTION', 'LOAD', $replace ? 'REPLACE' : [], $code], Client::RAW);
    }

    /** Loads what functionDump() has given. $policy: 'FLUSH', 'APPEND' or 'REPLACE'. */
    public function functionRestore(string $dump, ?string $policy = null): static
    {
        return $this->queue(['FUNCTION', 'RESTORE', $dump, $policy ?? []], Client::BOOL);
    }

    /**
     * What runs, and the engines.
     */
    public function functionStats(): static
    {
        return $this->queue(['FUNCTION', 'STATS'], Client::MAP);
    }

    /** Debugging of scripts: 'YES', 'SYNC' or 'NO', on connection(). */
    public function scriptDebug(string $mode): static
    {
        return $this->queue(['SCRIPT', 'DEBUG', $mode], Client::BOOL);
    }

    /**
     * Which scripts the server knows.
     */
    public function scriptExists(string ...$sha1s): static
    {
        return $this->queue(['SCRIPT', 'EXISTS', $sha1s], Client::BOOLS);
    }

    /** Forgets all scripts. $mode: 'ASYNC' or 'SYNC'. */
    public function scriptFlush(?string $mode = null): static
    {
        return $this->queue(['SCRIPT', 'FLUSH', $mode ?? []], Client::BOOL);
    }

    /**
     * What SCRIPT can do.
     */
    public function scriptHelp(): static
    {
        return $this->queue(['SCRIPT', 'HELP'], Client::RAW);
    }

    /** Ends a script that runs and has written nothing. */
    public function scriptKill(): static
    {
        return $this->queue(['SCRIPT', 'KILL'], Client::BOOL);
    }

    /** Makes a script known; its SHA-1. */
    public function scriptLoad(string $script): static
    {
        return $this->queue(['SCRIPT', 'LOAD', $script], Client::RAW);
    }

    /**
     * Categories, or the commands of one.
     */
    public function aclCat(?string $category = null): static
    {
        return $this->queue(['ACL', 'CAT', $category ?? []], Client::RAW);
    }

    /** Deletes users; how many there were. */
    public function aclDelUser(string ...$users): static
    {
        return $this->queue(['ACL', 'DELUSER', $users], Client::RAW);
    }

    /** Whether a user may do it: 'OK', or why not. */
    public function aclDryRun(string $user, string $command, string ...$arguments): static
    {
        return $this->queue(['ACL', 'DRYRUN', $user, $command, $arguments], Client::RAW);
    }

    /** A random password. */
    public function aclGenPass(?int $bits = null): static
    {
        return $this->queue(['ACL', 'GENPASS', $bits ?? []], Client::RAW);
    }

    /**
     * What a user may do.
     */
    public function aclGetUser(string $user): static
    {
        return $this->queue(['ACL', 'GETUSER', $user], Client::MAP);
    }

    /**
     * What ACL can do.
     */
    public function aclHelp(): static
    {
        return $this->queue(['ACL', 'HELP'], Client::RAW);
    }

    /**
     * The rules of all users.
     */
    public function aclList(): static
    {
        return $this->queue(['ACL', 'LIST'], Client::RAW);
    }

    /** Reads the ACL file again. */
    public function aclLoad(): static
    {
        return $this->queue(['ACL', 'LOAD'], Client::BOOL);
    }

    /** What was refused lately; 'RESET' forgets it. */
    public function aclLog(string|int|null $countOrReset = null): static
    {
        return $this->queue(['ACL', 'LOG', $countOrReset ?? []], Client::MAPS);
    }

    /** Writes the ACL file. */
    public function aclSave(): static
    {
        return $this->queue(['ACL', 'SAVE'], Client::BOOL);
    }

    /** Makes or changes a user. */
    public function aclSetUser(string $user, string ...$rules): static
    {
        return $this->queue(['ACL', 'SETUSER', $user, $rules], Client::BOOL);
    }

    /**
     * The names of all users.
     */
    public function aclUsers(): static
    {
        return $this->queue(['ACL', 'USERS'], Client::RAW);
    }

    /** The user of this connection. */
    public function aclWhoAmI(): static
    {
        return $this->queue(['ACL', 'WHOAMI'], Client::RAW);
    }

    /** Rewrites the append-only file in the background. */
    public function bgRewriteAof(): static
    {
        return $this->queue(['BGREWRITEAOF'], Client::RAW);
    }

    /** Saves in the background. $mode: 'SCHEDULE'. */
    public function bgSave(?string $mode = null): static
    {
        return $this->queue(['BGSAVE', $mode ?? []], Client::RAW);
    }

    /** Whether the next reads are tracked, on connection(). */
    public function clientCaching(bool $on): static
    {
        return $this->queue(['CLIENT', 'CACHING', $on ? 'YES' : 'NO'], Client::BOOL);
    }

    /** The name of the connection. */
    public function clientGetName(): static
    {
        return $this->queue(['CLIENT', 'GETNAME'], Client::RAW);
    }

    /** Where invalidations go. */
    public function clientGetRedir(): static
    {
        return $this->queue(['CLIENT', 'GETREDIR'], Client::RAW);
    }

    /**
     * What CLIENT can do.
     */
    public function clientHelp(): static
    {
        return $this->queue(['CLIENT', 'HELP'], Client::RAW);
    }

    /** The number of the connection. */
    public function clientId(): static
    {
        return $this->queue(['CLIENT', 'ID'], Client::RAW);
    }

    /**
     * The connection itself, as in clientList().
     */
    public function clientInfo(): static
    {
        return $this->queue(['CLIENT', 'INFO'], Client::CLIENTS);
    }

    /** Closes connections: clientKill('ID', '7'), clientKill('TYPE', 'pubsub'); how many. */
    public function clientKill(string ...$filters): static
    {
        return $this->queue(['CLIENT', 'KILL', $filters], Client::RAW);
    }

    /**
     * The server's connections.
     */
    public function clientList(string ...$filters): static
    {
        return $this->queue(['CLIENT', 'LIST', $filters], Client::CLIENTS);
    }

    /** Keeps the connection from being closed for want of memory, on connection(). */
    public function clientNoEvict(bool $on): static
    {
        return $this->queue(['CLIENT', 'NO-EVICT', $on ? 'ON' : 'OFF'], Client::BOOL);
    }

    /** Holds up the commands of all clients. $mode: 'WRITE' or 'ALL'. */
    public function clientPause(int $milliseconds, ?string $mode = null): static
    {
        return $this->queue(['CLIENT', 'PAUSE', $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** Always refused: replies are what calls wait for. */
    public function clientReply(string $mode): static
    {
        return $this->queue(['CLIENT', 'REPLY', $mode], Client::BOOL);
    }

    /** Names the connection, on connection(); for all others there is clientName in the constructor. */
    public function clientSetName(string $name): static
    {
        return $this->queue(['CLIENT', 'SETNAME', $name], Client::BOOL);
    }

    /** Tracking of keys, on connection(). */
    public function clientTracking(bool $on, string ...$options): static
    {
        return $this->queue(['CLIENT', 'TRACKING', $on ? 'ON' : 'OFF', $options], Client::BOOL);
    }

    /**
     * How keys are tracked.
     */
    public function clientTrackingInfo(): static
    {
        return $this->queue(['CLIENT', 'TRACKINGINFO'], Client::MAP);
    }

    /** Ends the wait of another connection. $with: 'TIMEOUT' or 'ERROR'. */
    public function clientUnblock(int $id, ?string $with = null): static
    {
        return $this->queue(['CLIENT', 'UNBLOCK', $id, $with ?? []], Client::BOOL);
    }

    /** Ends clientPause(). */
    public function clientUnpause(): static
    {
        return $this->queue(['CLIENT', 'UNPAUSE'], Client::BOOL);
    }

    /** How many commands the server has. */
    public function commandCount(): static
    {
        return $this->queue(['COMMAND', 'COUNT'], Client::RAW);
    }

    /**
     * What the server says about commands.
     */
    public function commandDocs(string ...$commands): static
    {
        return $this->queue(['COMMAND', 'DOCS', $commands], Client::MAP);
    }

    /**
     * The keys of a command.
     */
    public function commandGetKeys(string|int|float ...$command): static
    {
        return $this->queue(['COMMAND', 'GETKEYS', $command], Client::RAW);
    }

    /**
     * The keys of a command, and what happens to them.
     */
    public function commandGetKeysAndFlags(string|int|float ...$command): static
    {
        return $this->queue(['COMMAND', 'GETKEYSANDFLAGS', $command], Client::RAW);
    }

    /**
     * What COMMAND can do.
     */
    public function commandHelp(): static
    {
        return $this->queue(['COMMAND', 'HELP'], Client::RAW);
    }

    /**
     * How commands are called.
     */
    public function commandInfo(string ...$commands): static
    {
        return $this->queue(['COMMAND', 'INFO', $commands], Client::RAW);
    }

    /**
     * The names of all commands.
     */
    public function commandList(string ...$filter): static
    {
        return $this->queue(['COMMAND', 'LIST', $filter], Client::RAW);
    }

    /**
     * Settings of the server.
     */
    public function configGet(string ...$parameters): static
    {
        return $this->queue(['CONFIG', 'GET', $parameters], Client::MAP);
    }

    /**
     * What CONFIG can do.
     */
    public function configHelp(): static
    {
        return $this->queue(['CONFIG', 'HELP'], Client::RAW);
    }

    /** Sets the server's figures back. */
    public function configResetStat(): static
    {
        return $this->queue(['CONFIG', 'RESETSTAT'], Client::BOOL);
    }

    /** Writes the settings to the server's file. */
    public function configRewrite(): static
    {
        return $this->queue(['CONFIG', 'REWRITE'], Client::BOOL);
    }

    /**
     * Changes settings.
     *
     * @param array<string, string|int|float> $settings
     */
    public function configSet(array $settings): static
    {
        return $this->queue(['CONFIG', 'SET', Options::pairs($settings)], Client::BOOL);
    }

    /** How many keys the database has. */
    public function dbSize(): static
    {
        return $this->queue(['DBSIZE'], Client::RAW);
    }

    /** For those who work on Redis. */
    public function debug(string ...$arguments): static
    {
        return $this->queue(['DEBUG', $arguments], Client::RAW);
    }

    /** The text. */
    public function echo(string $text): static
    {
        return $this->queue(['ECHO', $text], Client::RAW);
    }

    /** Hands the master's part to a replica. */
    public function failover(string ...$arguments): static
    {
        return $this->queue(['FAILOVER', $arguments], Client::BOOL);
    }

    /** Deletes everything. $mode: 'ASYNC' or 'SYNC'. */
    public function flushAll(?string $mode = null): static
    {
        return $this->queue(['FLUSHALL', $mode ?? []], Client::BOOL);
    }

    /** Deletes all keys of the database. $mode: 'ASYNC' or 'SYNC'. */
    public function flushDb(?string $mode = null): static
    {
        return $this->queue(['FLUSHDB', $mode ?? []], Client::BOOL);
    }

    /**
     * The server's figures.
     */
    public function info(string ...$sections): static
    {
        return $this->queue(['INFO', $sections], Client::INFO);
    }

    /** When the server last saved, as a Unix time. */
    public function lastSave(): static
    {
        return $this->queue(['LASTSAVE'], Client::RAW);
    }

    /** What the server thinks of its latency. */
    public function latencyDoctor(): static
    {
        return $this->queue(['LATENCY', 'DOCTOR'], Client::RAW);
    }

    /** A drawing in ASCII. */
    public function latencyGraph(string $event): static
    {
        return $this->queue(['LATENCY', 'GRAPH', $event], Client::RAW);
    }

    /**
     * What LATENCY can do.
     */
    public function latencyHelp(): static
    {
        return $this->queue(['LATENCY', 'HELP'], Client::RAW);
    }

    /**
     * How long commands took.
     */
    public function latencyHistogram(string ...$commands): static
    {
        return $this->queue(['LATENCY', 'HISTOGRAM', $commands], Client::DEEP);
    }

    /**
     * Times and latencies of an event.
     */
    public function latencyHistory(string $event): static
    {
        return $this->queue(['LATENCY', 'HISTORY', $event], Client::RAW);
    }

    /**
     * The latest of all events.
     */
    public function latencyLatest(): static
    {
        return $this->queue(['LATENCY', 'LATEST'], Client::RAW);
    }

    /** Forgets events; how many. */
    public function latencyReset(string ...$events): static
    {
        return $this->queue(['LATENCY', 'RESET', $events], Client::RAW);
    }

    /** A piece of art, and the server's version. */
    public function lolwut(int ...$arguments): static
    {
        return $this->queue(['LOLWUT', $arguments ? ['VERSION', ...\array_values($arguments)] : []], Client::RAW);
    }

    /** What the server thinks of its memory. */
    public function memoryDoctor(): static
    {
        return $this->queue(['MEMORY', 'DOCTOR'], Client::RAW);
    }

    /**
     * What MEMORY can do.
     */
    public function memoryHelp(): static
    {
        return $this->queue(['MEMORY', 'HELP'], Client::RAW);
    }

    /** The allocator's figures. */
    public function memoryMallocStats(): static
    {
        return $this->queue(['MEMORY', 'MALLOC-STATS'], Client::RAW);
    }

    /** Gives memory back to the system. */
    public function memoryPurge(): static
    {
        return $this->queue(['MEMORY', 'PURGE'], Client::BOOL);
    }

    /**
     * Where the memory is.
     */
    public function memoryStats(): static
    {
        return $this->queue(['MEMORY', 'STATS'], Client::MAP);
    }

    /** The bytes that a key takes. */
    public function memoryUsage(string $key, ?int $samples = null): static
    {
        return $this->queue(['MEMORY', 'USAGE', $key, $samples === null ? [] : ['SAMPLES', $samples]], Client::RAW);
    }

    /**
     * What MODULE can do.
     */
    public function moduleHelp(): static
    {
        return $this->queue(['MODULE', 'HELP'], Client::RAW);
    }

    /**
     * The modules.
     */
    public function moduleList(): static
    {
        return $this->queue(['MODULE', 'LIST'], Client::MAPS);
    }

    /** Loads a module. */
    public function moduleLoad(string $path, string ...$arguments): static
    {
        return $this->queue(['MODULE', 'LOAD', $path, $arguments], Client::BOOL);
    }

    /** Loads a module with settings. */
    public function moduleLoadEx(string $path, string ...$arguments): static
    {
        return $this->queue(['MODULE', 'LOADEX', $path, $arguments], Client::BOOL);
    }

    /** Unloads a module. */
    public function moduleUnload(string $name): static
    {
        return $this->queue(['MODULE', 'UNLOAD', $name], Client::BOOL);
    }

    /** 'PONG', or the message. */
    public function ping(?string $message = null): static
    {
        return $this->queue(['PING', $message ?? []], Client::RAW);
    }

    /** Makes the server a replica; 'NO', 'ONE' makes it a master. */
    public function replicaOf(string $host, string|int $port): static
    {
        return $this->queue(['REPLICAOF', $host, $port], Client::BOOL);
    }

    /**
     * What the server is: 'master', 'slave' or 'sentinel', and details.
     */
    public function role(): static
    {
        return $this->queue(['ROLE'], Client::RAW);
    }

    /** Saves, which holds up the server. */
    public function save(): static
    {
        return $this->queue(['SAVE'], Client::BOOL);
    }

    /** Ends the server: 'SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT'. That the connection is lost then is an exception. */
    public function shutdown(string ...$options): static
    {
        return $this->queue(['SHUTDOWN', $options], Client::RAW);
    }

    /** replicaOf() by its old name. */
    public function slaveOf(string $host, string|int $port): static
    {
        return $this->queue(['SLAVEOF', $host, $port], Client::BOOL);
    }

    /**
     * Commands that took long.
     */
    public function slowLogGet(?int $count = null): static
    {
        return $this->queue(['SLOWLOG', 'GET', $count ?? []], Client::RAW);
    }

    /**
     * What SLOWLOG can do.
     */
    public function slowLogHelp(): static
    {
        return $this->queue(['SLOWLOG', 'HELP'], Client::RAW);
    }

    /** How many there are. */
    public function slowLogLen(): static
    {
        return $this->queue(['SLOWLOG', 'LEN'], Client::RAW);
    }

    /** Forgets them. */
    public function slowLogReset(): static
    {
        return $this->queue(['SLOWLOG', 'RESET'], Client::BOOL);
    }

    /** Swaps two databases. */
    public function swapDb(int $database1, int $database2): static
    {
        return $this->queue(['SWAPDB', $database1, $database2], Client::BOOL);
    }

    /** The server's time, in seconds. */
    public function time(): static
    {
        return $this->queue(['TIME'], Client::MOMENT);
    }

    /** Adds members; how many are new. */
    public function sAdd(string $key, string|int|float ...$members): static
    {
        return $this->queue(['SADD', $key, $members], Client::RAW);
    }

    /** How many members there are. */
    public function sCard(string $key): static
    {
        return $this->queue(['SCARD', $key], Client::RAW);
    }

    /**
     * The members of the first set that the others do not have.
     */
    public function sDiff(string|array $key, string ...$more): static
    {
        return $this->queue(['SDIFF', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Stores sDiff(); how many members. */
    public function sDiffStore(string $destination, string ...$keys): static
    {
        return $this->queue(['SDIFFSTORE', $destination, $keys], Client::RAW);
    }

    /**
     * The members that all sets have.
     */
    public function sInter(string|array $key, string ...$more): static
    {
        return $this->queue(['SINTER', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** How many members all sets have; it stops counting at $limit. */
    public function sInterCard(array $keys, int $limit = 0): static
    {
        return $this->queue(['SINTERCARD', \count($keys), \array_values($keys), 'LIMIT', $limit], Client::RAW);
    }

    /** Stores sInter(); how many members. */
    public function sInterStore(string $destination, string ...$keys): static
    {
        return $this->queue(['SINTERSTORE', $destination, $keys], Client::RAW);
    }

    /** Whether it is a member. */
    public function sIsMember(string $key, string|int|float $member): static
    {
        return $this->queue(['SISMEMBER', $key, $member], Client::BOOL);
    }

    /**
     * All members.
     */
    public function sMembers(string $key): static
    {
        return $this->queue(['SMEMBERS', $key], Client::RAW);
    }

    /**
     * Which of them are members.
     */
    public function sMisMember(string $key, string|int|float ...$members): static
    {
        return $this->queue(['SMISMEMBER', $key, $members], Client::BOOLS);
    }

    /** Moves a member to another set. */
    public function sMove(string $source, string $destination, string|int|float $member): static
    {
        return $this->queue(['SMOVE', $source, $destination, $member], Client::BOOL);
    }

    /** Removes any member; with $count a list of them. */
    public function sPop(string $key, ?int $count = null): static
    {
        return $this->queue(['SPOP', $key, $count ?? []], Client::RAW);
    }

    /** Any member; with $count a list of them, a negative one with repetitions. */
    public function sRandMember(string $key, ?int $count = null): static
    {
        return $this->queue(['SRANDMEMBER', $key, $count ?? []], Client::RAW);
    }

    /** Removes members; how many there were. */
    public function sRem(string $key, string|int|float ...$members): static
    {
        return $this->queue(['SREM', $key, $members], Client::RAW);
    }

    /**
     * The members that any set has.
     */
    public function sUnion(string|array $key, string ...$more): static
    {
        return $this->queue(['SUNION', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Stores sUnion(); how many members. */
    public function sUnionStore(string $destination, string ...$keys): static
    {
        return $this->queue(['SUNIONSTORE', $destination, $keys], Client::RAW);
    }

    /**
     * zmPop() that waits.
     */
    public function bzmPop(float $seconds, array $keys, string $from, int $count = 1): static
    {
        return $this->queue(
            ['BZMPOP', $seconds, \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::POPPED_SET
        );
    }

    /**
     * zPopMax() of the first set that has members, waiting for it.
     */
    public function bzPopMax(string|array $keys, float $seconds): static
    {
        return $this->queue(['BZPOPMAX', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::POPPED);
    }

    /**
     * zPopMin() of the first set that has members, waiting for it.
     */
    public function bzPopMin(string|array $keys, float $seconds): static
    {
        return $this->queue(['BZPOPMIN', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::POPPED);
    }

    /** How many members there are. */
    public function zCard(string $key): static
    {
        return $this->queue(['ZCARD', $key], Client::RAW);
    }

    /** How many members have such a score; '(5' excludes 5, '-inf' and '+inf' are the ends. */
    public function zCount(string $key, string|int|float $min, string|int|float $max): static
    {
        return $this->queue(['ZCOUNT', $key, $min, $max], Client::RAW);
    }

    /** Members that only the first set has. Options: 'withscores' (then member => score). */
    public function zDiff(array $keys, array $options = []): static
    {
        return $this->queue(
            ['ZDIFF', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zDiff(); how many members. */
    public function zDiffStore(string $destination, array $keys): static
    {
        return $this->queue(['ZDIFFSTORE', $destination, \count($keys), \array_values($keys)], Client::RAW);
    }

    /** Adds to a score. */
    public function zIncrBy(string $key, float $by, string|int|float $member): static
    {
        return $this->queue(['ZINCRBY', $key, $by, $member], Client::FLOAT);
    }

    /**
     * Members that all sets have. Options: 'weights' => list, 'aggregate' => 'SUM', 'MIN' or 'MAX', 'withscores' (then
     * member => score).
     */
    public function zInter(array $keys, array $options = []): static
    {
        return $this->queue(
            ['ZINTER', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** How many members all sets have; it stops counting at $limit. */
    public function zInterCard(array $keys, int $limit = 0): static
    {
        return $this->queue(['ZINTERCARD', \count($keys), \array_values($keys), 'LIMIT', $limit], Client::RAW);
    }

    /** Stores zInter(); how many members. Options: 'weights', 'aggregate'. */
    public function zInterStore(string $destination, array $keys, array $options = []): static
    {
        return $this->queue(
            ['ZINTERSTORE', $destination, \count($keys), \array_values($keys), Options::words($options)],
            Client::RAW
        );
    }

    /** How many members lie between two texts: '[a', '(b', '-', '+'. */
    public function zLexCount(string $key, string $min, string $max): static
    {
        return $this->queue(['ZLEXCOUNT', $key, $min, $max], Client::RAW);
    }

    /**
     * The 'MIN' or 'MAX' members of the first set that has any.
     */
    public function zmPop(array $keys, string $from, int $count = 1): static
    {
        return $this->queue(
            ['ZMPOP', \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::POPPED_SET
        );
    }

    /**
     * Scores under their members; null: no member.
     */
    public function zMScore(string $key, string|int|float ...$members): static
    {
        return $this->queue(['ZMSCORE', $key, $members], Client::DOUBLES);
    }

    /**
     * Removes the members of the highest scores.
     */
    public function zPopMax(string $key, int $count = 1): static
    {
        return $this->queue(['ZPOPMAX', $key, $count], Client::SCORES);
    }

    /**
     * Removes the members of the lowest scores.
     */
    public function zPopMin(string $key, int $count = 1): static
    {
        return $this->queue(['ZPOPMIN', $key, $count], Client::SCORES);
    }

    /** Any member; with $count a list of them, with scores: a list of [member, score]. */
    public function zRandMember(string $key, ?int $count = null, bool $withScores = false): static
    {
        return $this->queue(
            ['ZRANDMEMBER', $key, $count ?? [], $withScores ? 'WITHSCORES' : []],
            $withScores ? Client::PAIRS : Client::RAW
        );
    }

    /**
     * Members by rank, both ends included. Options: 'withscores' (then member => score), 'rev', 'byscore', 'bylex',
     * 'limit' => [offset, count]; true: with scores.
     */
    public function zRange(
        string $key,
        string|int|float $start,
        string|int|float $end,
        array|bool $options = []
    ): static {
        return $this->queue(
            [
                'ZRANGE',
                $key,
                $start,
                $end,
                Options::words(\is_bool($options) ? ['withscores' => $options] : $options),
            ],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /**
     * Members between two texts: '[a', '(b', '-', '+'. Options: 'limit' => [offset, count].
     */
    public function zRangeByLex(string $key, string $min, string $max, array $options = []): static
    {
        return $this->queue(['ZRANGEBYLEX', $key, $min, $max, Options::words($options)], Client::RAW);
    }

    /** Members by score. Options: 'withscores' (then member => score), 'limit' => [offset, count]. */
    public function zRangeByScore(
        string $key,
        string|int|float $min,
        string|int|float $max,
        array $options = []
    ): static {
        return $this->queue(
            ['ZRANGEBYSCORE', $key, $min, $max, Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zRange(); how many members. Options: 'rev', 'byscore', 'bylex', 'limit'. */
    public function zRangeStore(
        string $destination,
        string $source,
        string|int|float $start,
        string|int|float $end,
        array $options = []
    ): static {
        return $this->queue(
            ['ZRANGESTORE', $destination, $source, $start, $end, Options::words($options)],
            Client::RAW
        );
    }

    /** The place of a member, the lowest score being 0. */
    public function zRank(string $key, string|int|float $member): static
    {
        return $this->queue(['ZRANK', $key, $member], Client::RAW);
    }

    /** Removes members; how many there were. */
    public function zRem(string $key, string|int|float ...$members): static
    {
        return $this->queue(['ZREM', $key, $members], Client::RAW);
    }

    /** Removes members between two texts. */
    public function zRemRangeByLex(string $key, string $min, string $max): static
    {
        return $this->queue(['ZREMRANGEBYLEX', $key, $min, $max], Client::RAW);
    }

    /** Removes members by rank. */
    public function zRemRangeByRank(string $key, int $start, int $end): static
    {
        return $this->queue(['ZREMRANGEBYRANK', $key, $start, $end], Client::RAW);
    }

    /** Removes members by score. */
    public function zRemRangeByScore(string $key, string|int|float $min, string|int|float $max): static
    {
        return $this->queue(['ZREMRANGEBYSCORE', $key, $min, $max], Client::RAW);
    }

    /** Members by rank, the highest score first. Options: 'withscores' (then member => score); true: the same. */
    public function zRevRange(string $key, int $start, int $end, array|bool $options = []): static
    {
        return $this->queue(
            [
                'ZREVRANGE',
                $key,
                $start,
                $end,
                Options::words(\is_bool($options) ? ['withscores' => $options] : $options),
            ],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /**
     * zRangeByLex() the other way round.
     */
    public function zRevRangeByLex(string $key, string $max, string $min, array $options = []): static
    {
        return $this->queue(['ZREVRANGEBYLEX', $key, $max, $min, Options::words($options)], Client::RAW);
    }

    /** zRangeByScore() the other way round. */
    public function zRevRangeByScore(
        string $key,
        string|int|float $max,
        string|int|float $min,
        array $options = []
    ): static {
        return $this->queue(
            ['ZREVRANGEBYSCORE', $key, $max, $min, Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** The place of a member, the highest score being 0. */
    public function zRevRank(string $key, string|int|float $member): static
    {
        return $this->queue(['ZREVRANK', $key, $member], Client::RAW);
    }

    /** A member's score. */
    public function zScore(string $key, string|int|float $member): static
    {
        return $this->queue(['ZSCORE', $key, $member], Client::FLOAT);
    }

    /**
     * Members that any set has. Options: 'weights' => list, 'aggregate' => 'SUM', 'MIN' or 'MAX', 'withscores' (then
     * member => score).
     */
    public function zUnion(array $keys, array $options = []): static
    {
        return $this->queue(
            ['ZUNION', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zUnion(); how many members. Options: 'weights', 'aggregate'. */
    public function zUnionStore(string $destination, array $keys, array $options = []): static
    {
        return $this->queue(
            ['ZUNIONSTORE', $destination, \count($keys), \array_values($keys), Options::words($options)],
            Client::RAW
        );
    }

    /**
     * Adds members with scores: zAdd('k', 1.5, 'a', 2, 'b'), zAdd('k', ['nx'], 1, 'a') or zAdd('k', ['a' => 1, 'b' =>
     * 2]).
     *
     * @param array<int|string, mixed>|float|int|string $scoreOrOptions options: 'nx', 'xx', 'gt', 'lt', 'ch' (counts
     *     those that changed too), 'incr' (adds to the score, which is the result)
     */
    public function zAdd(
        string $key,
        array|float|int|string $scoreOrOptions,
        string|int|float ...$more
    ): static {
        if (\is_array($scoreOrOptions) && $more === [] && !\array_is_list($scoreOrOptions)) {
            $arguments = ['ZADD', $key];
            foreach ($scoreOrOptions as $member => $score) {
                $arguments[] = $score;
                $arguments[] = $member;
            }

            return $this->queue($arguments, Client::RAW);
        }
        $increments = \is_array($scoreOrOptions) && Options::with($scoreOrOptions, 'incr');

        return $this->queue(
            ['ZADD', $key, \is_array($scoreOrOptions) ? Options::words($scoreOrOptions) : $scoreOrOptions, $more],
            $increments ? Client::FLOAT : Client::RAW
        );
    }

    /**
     * Says that messages are done; how many were pending.
     *
     * @param list<string> $ids
     */
    public function xAck(string $key, string $group, array $ids): static
    {
        return $this->queue(['XACK', $key, $group, \array_values($ids)], Client::RAW);
    }

    /**
     * Takes over messages that others have left.
     */
    public function xAutoClaim(
        string $key,
        string $group,
        string $consumer,
        int $minIdleMilliseconds,
        string $start = '0-0',
        ?int $count = null,
        bool $justId = false
    ): static {
        return $this->queue(
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
    ): static {
        return $this->queue(
            ['XCLAIM', $key, $group, $consumer, $minIdleMilliseconds, \array_values($ids), Options::words($options)],
            Options::with($options, 'justid') ? Client::RAW : Client::ENTRIES
        );
    }

    /**
     * Deletes messages; how many there were.
     *
     * @param list<string> $ids
     */
    public function xDel(string $key, array $ids): static
    {
        return $this->queue(['XDEL', $key, \array_values($ids)], Client::RAW);
    }

    /** Makes a consumer group that begins behind a message: '$' is the last, '0' the beginning. */
    public function xGroupCreate(
        string $key,
        string $group,
        string $id = '$',
        bool $makeStream = false,
        ?int $entriesRead = null
    ): static {
        return $this->queue(
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
    public function xGroupCreateConsumer(string $key, string $group, string $consumer): static
    {
        return $this->queue(['XGROUP', 'CREATECONSUMER', $key, $group, $consumer], Client::BOOL);
    }

    /** Deletes a consumer; how many messages it had pending. */
    public function xGroupDelConsumer(string $key, string $group, string $consumer): static
    {
        return $this->queue(['XGROUP', 'DELCONSUMER', $key, $group, $consumer], Client::RAW);
    }

    /** Deletes a group. */
    public function xGroupDestroy(string $key, string $group): static
    {
        return $this->queue(['XGROUP', 'DESTROY', $key, $group], Client::BOOL);
    }

    /**
     * What XGROUP can do.
     */
    public function xGroupHelp(): static
    {
        return $this->queue(['XGROUP', 'HELP'], Client::RAW);
    }

    /** Sets which message a group was given last. */
    public function xGroupSetId(string $key, string $group, string $id, ?int $entriesRead = null): static
    {
        return $this->queue(
            ['XGROUP', 'SETID', $key, $group, $id, $entriesRead === null ? [] : ['ENTRIESREAD', $entriesRead]],
            Client::BOOL
        );
    }

    /**
     * A group's consumers.
     */
    public function xInfoConsumers(string $key, string $group): static
    {
        return $this->queue(['XINFO', 'CONSUMERS', $key, $group], Client::MAPS);
    }

    /**
     * A stream's groups.
     */
    public function xInfoGroups(string $key): static
    {
        return $this->queue(['XINFO', 'GROUPS', $key], Client::MAPS);
    }

    /**
     * What XINFO can do.
     */
    public function xInfoHelp(): static
    {
        return $this->queue(['XINFO', 'HELP'], Client::RAW);
    }

    /**
     * A stream's figures.
     */
    public function xInfoStream(string $key, bool $full = false, ?int $count = null): static
    {
        return $this->queue(
            ['XINFO', 'STREAM', $key, $full ? 'FULL' : [], $count === null ? [] : ['COUNT', $count]],
            Client::MAP
        );
    }

    /** How many messages there are. */
    public function xLen(string $key): static
    {
        return $this->queue(['XLEN', $key], Client::RAW);
    }

    /**
     * Messages by id.
     */
    public function xRange(string $key, string $start = '-', string $end = '+', ?int $count = null): static
    {
        return $this->queue(['XRANGE', $key, $start, $end, $count === null ? [] : ['COUNT', $count]], Client::ENTRIES);
    }

    /**
     * Messages behind an id of each stream ('$': new ones), waiting for them if $blockMilliseconds says so (0: without
     * end).
     *
     * @param array<string, string> $streams name => id
     */
    public function xRead(array $streams, ?int $count = null, ?int $blockMilliseconds = null): static
    {
        return $this->queue(
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
     */
    public function xReadGroup(
        string $group,
        string $consumer,
        array $streams,
        ?int $count = null,
        ?int $blockMilliseconds = null,
        bool $noAck = false
    ): static {
        return $this->queue(
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
     */
    public function xRevRange(string $key, string $end = '+', string $start = '-', ?int $count = null): static
    {
        return $this->queue(
            ['XREVRANGE', $key, $end, $start, $count === null ? [] : ['COUNT', $count]],
            Client::ENTRIES
        );
    }

    /** Sets a stream's last id. */
    public function xSetId(string $key, string $lastId, ?int $entriesAdded = null, ?string $maxDeletedId = null): static
    {
        return $this->queue(
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
    ): static {
        return $this->queue(
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
     */
    public function xAdd(
        string $key,
        string $id,
        array $fields,
        ?int $maxLength = null,
        bool $approximate = false,
        bool $makeStream = true,
        ?string $minId = null
    ): static {
        $trim = match (true) {
            $maxLength !== null => ['MAXLEN', $approximate ? '~' : '=', $maxLength],
            $minId !== null => ['MINID', $approximate ? '~' : '=', $minId],
            default => [],
        };

        return $this->queue(
            ['XADD', $key, $makeStream ? [] : 'NOMKSTREAM', $trim, $id, Options::pairs($fields)],
            Client::RAW
        );
    }

    /**
     * Messages that consumers were given and have not acknowledged. Without $count a summary: [how many, first id,
     * last id, list of [consumer, how many]]; else a list of [id, consumer, milliseconds since, times given].
     */
    public function xPending(
        string $key,
        string $group,
        string $start = '-',
        string $end = '+',
        ?int $count = null,
        ?string $consumer = null,
        ?int $minIdleMilliseconds = null
    ): static {
        if ($count === null) {
            return $this->queue(['XPENDING', $key, $group], Client::RAW);
        }

        return $this->queue(
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

    /** Appends to a string; its length. */
    public function append(string $key, string|int|float $value): static
    {
        return $this->queue(['APPEND', $key, $value], Client::RAW);
    }

    /** Counts down. */
    public function decr(string $key, int $by = 1): static
    {
        return $this->queue(['DECRBY', $key, $by], Client::RAW);
    }

    /** Counts down. */
    public function decrBy(string $key, int $by): static
    {
        return $this->queue(['DECRBY', $key, $by], Client::RAW);
    }

    /** A string; null: there is none. */
    public function get(string $key): static
    {
        return $this->queue(['GET', $key], Client::RAW);
    }

    /** A string, which is deleted. */
    public function getDel(string $key): static
    {
        return $this->queue(['GETDEL', $key], Client::RAW);
    }

    /** A string, whose time to live changes. Options: 'ex', 'px', 'exat', 'pxat' => int, or 'persist'. */
    public function getEx(string $key, array $options = []): static
    {
        return $this->queue(['GETEX', $key, Options::words($options)], Client::RAW);
    }

    /** A part of a string, both ends included; negative ones count from the end. */
    public function getRange(string $key, int $start, int $end): static
    {
        return $this->queue(['GETRANGE', $key, $start, $end], Client::RAW);
    }

    /** Sets a string and gives what it was. */
    public function getSet(string $key, string|int|float $value): static
    {
        return $this->queue(['GETSET', $key, $value], Client::RAW);
    }

    /** Counts up. */
    public function incr(string $key, int $by = 1): static
    {
        return $this->queue(['INCRBY', $key, $by], Client::RAW);
    }

    /** Counts up. */
    public function incrBy(string $key, int $by): static
    {
        return $this->queue(['INCRBY', $key, $by], Client::RAW);
    }

    /** Adds to a number. */
    public function incrByFloat(string $key, float $by): static
    {
        return $this->queue(['INCRBYFLOAT', $key, $by], Client::FLOAT);
    }

    /** The longest common subsequence. Options: 'len', 'idx', 'minmatchlen' => int, 'withmatchlen'. */
    public function lcs(string $key1, string $key2, array $options = []): static
    {
        return $this->queue(['LCS', $key1, $key2, Options::words($options)], Client::DEEP);
    }

    /**
     * Strings in the order of their keys.
     */
    public function mGet(array $keys): static
    {
        return $this->queue(['MGET', \array_values($keys)], Client::RAW);
    }

    /**
     * Sets several strings.
     *
     * @param array<string, string|int|float> $pairs
     */
    public function mSet(array $pairs): static
    {
        return $this->queue(['MSET', Options::pairs($pairs)], Client::BOOL);
    }

    /**
     * Sets several strings if none of them exists.
     *
     * @param array<string, string|int|float> $pairs
     */
    public function mSetNx(array $pairs): static
    {
        return $this->queue(['MSETNX', Options::pairs($pairs)], Client::BOOL);
    }

    /** Sets a string with a time to live. */
    public function pSetEx(string $key, int $milliseconds, string|int|float $value): static
    {
        return $this->queue(['PSETEX', $key, $milliseconds, $value], Client::BOOL);
    }

    /** Sets a string with a time to live. */
    public function setEx(string $key, int $seconds, string|int|float $value): static
    {
        return $this->queue(['SETEX', $key, $seconds, $value], Client::BOOL);
    }

    /** Sets a string if there is none. */
    public function setNx(string $key, string|int|float $value): static
    {
        return $this->queue(['SETNX', $key, $value], Client::BOOL);
    }

    /** Overwrites a part of a string; its length. */
    public function setRange(string $key, int $offset, string $value): static
    {
        return $this->queue(['SETRANGE', $key, $offset, $value], Client::RAW);
    }

    /** The length in bytes. */
    public function strLen(string $key): static
    {
        return $this->queue(['STRLEN', $key], Client::RAW);
    }

    /** getRange() by its old name. */
    public function substr(string $key, int $start, int $end): static
    {
        return $this->queue(['SUBSTR', $key, $start, $end], Client::RAW);
    }

    /**
     * Sets a string.
     *
     * @param array<int|string, mixed>|int|null $options 'nx' or 'xx' (only if it is not there, or is), 'get' (the
     *     result is what was there), 'ex', 'px', 'exat', 'pxat' => int, 'keepttl'; a number: the seconds to live
     */
    public function set(string $key, string|int|float $value, array|int|null $options = null): static
    {
        if ($options === null) {
            return $this->queue(['SET', $key, $value], Client::BOOL);
        }
        if (\is_int($options)) {
            return $this->queue(['SET', $key, $value, 'EX', $options], Client::BOOL);
        }

        return $this->queue(
            ['SET', $key, $value, Options::words($options)],
            Options::with($options, 'get') ? Client::RAW : Client::BOOL
        );
    }
}
