<?php

declare(strict_types=1);

namespace Phalanx;

use Generator;
use Phalanx\Redis\Cached;
use Phalanx\Redis\Client;
use Phalanx\Redis\Commands;
use Phalanx\Redis\Connection;
use Phalanx\Redis\Consumer;
use Phalanx\Redis\Exception\ConflictException;
use Phalanx\Redis\Exception\LockTimeoutException;
use Phalanx\Redis\Exception\UsageException;
use Phalanx\Redis\Feed;
use Phalanx\Redis\Limit;
use Phalanx\Redis\Lock;
use Phalanx\Redis\Message;
use Phalanx\Redis\Options;
use Phalanx\Redis\Pipeline;
use Phalanx\Redis\Scans;
use Phalanx\Redis\Script;
use Phalanx\Redis\Subscription;
use Phalanx\Redis\Transaction;
use SensitiveParameter;
use ValueError;

/**
 * A client of a Redis server, of a cluster or of servers that Sentinel watches.
 *
 *     $redis = new Phalanx\Redis('redis://user:password@127.0.0.1:6379/0');
 *     $redis->set('greeting', 'Hello', ['ex' => 60]);
 *     echo $redis->get('greeting');
 *
 * All clients of the process with the same arguments share their connections, over which the commands of all
 * workers and Fibers are pipelined. The first command connects; a connection that was lost is made anew by the
 * next. In a coroutine each command suspends the Fiber, elsewhere it blocks. docs/redis.md has more.
 */
final class Redis
{
    use Commands;
    use Scans;

    private readonly Client $client;

    /**
     * Does not connect yet.
     *
     * @param string $dsn redis://[user:password@]host[:port][/database]; rediss:// with TLS;
     *     unix:///path/to/socket[?db=N]; redis-sentinel://[user:password@]host[:port],...[/database]?master=NAME;
     *     redis-cluster://[user:password@]host,...; the last two with rediss- for TLS. User and password are encoded
     *     as by rawurlencode().
     * @param float $timeout seconds to wait for a reply; commands that block have their own
     * @param float $connectTimeout seconds
     * @param string $clientName what CLIENT LIST shows
     * @param int $protocol 2, 3, or 0: 3 where the server has it
     * @param int $connections over which commands are pipelined, to each server: a power of two
     * @param int $maxDedicated connections for commands that block, for connection(), watch() and subscriptions
     * @param int $cacheBytes of each connection's cache, for cached(); 0: none
     * @param bool $replicaReads commands that only read go to replicas, in a cluster or with Sentinel; they may lag
     *     behind
     * @param string $sentinelUser for the Sentinels themselves
     * @param string $sentinelPassword for the Sentinels themselves
     * @param string $tlsCa file of the authorities to trust; '': those of the system
     * @param string $tlsCert file of a certificate to show, with $tlsKey
     * @param string $tlsServerName the name in the server's certificate; '': the host
     * @param bool $tlsVerify false: whoever answers is trusted
     * @throws UsageException
     */
    public function __construct(
        #[SensitiveParameter]
        string $dsn = 'redis://127.0.0.1:6379',
        float $timeout = 5.0,
        float $connectTimeout = 5.0,
        string $clientName = '',
        int $protocol = 0,
        int $connections = 1,
        int $maxDedicated = 128,
        int $cacheBytes = 0,
        bool $replicaReads = false,
        string $sentinelUser = '',
        #[SensitiveParameter]
        string $sentinelPassword = '',
        string $tlsCa = '',
        string $tlsCert = '',
        string $tlsKey = '',
        string $tlsServerName = '',
        bool $tlsVerify = true
    ) {
        try {
            $this->client = new Client(
                $dsn,
                $timeout,
                $connectTimeout,
                $clientName,
                $protocol,
                $connections,
                $maxDedicated,
                $cacheBytes,
                $replicaReads,
                $sentinelUser,
                $sentinelPassword,
                $tlsCa,
                $tlsCert,
                $tlsKey,
                $tlsServerName,
                $tlsVerify
            );
        } catch (ValueError) { // whose trace would show the DSN
            throw new UsageException('$timeout and $connectTimeout are seconds, more than 0');
        }
        $this->client->check();
    }

    /**
     * Commands to be sent together.
     *
     * @param (callable(Pipeline): mixed)|null $callback queues commands; they are sent when it returns
     * @return ($callback is null ? Pipeline : list<mixed>)
     * @throws Redis\Exception\RedisException
     */
    public function pipeline(?callable $callback = null): Pipeline|array
    {
        $pipeline = new Pipeline($this->client);
        if ($callback === null) {
            return $pipeline;
        }
        $callback($pipeline);

        return $pipeline->exec();
    }

    /** Commands to be carried out together, with none of others between them. */
    public function multi(): Transaction
    {
        return new Transaction($this->client);
    }

    /**
     * Commands to be carried out together, which the callback queues.
     *
     * @param callable(Transaction): mixed $callback
     * @return list<mixed>
     * @throws Redis\Exception\RedisException
     */
    public function transaction(callable $callback): array
    {
        $transaction = $this->multi();
        $callback($transaction);

        return $transaction->exec() ?? [];
    }

    /**
     * Reads, decides, and changes only if nobody has changed these keys meanwhile; else it begins again.
     *
     * @param string|list<string> $keys
     * @param callable(Connection, Transaction): mixed $callback reads by the first and queues changes in the second;
     *     it may be called several times
     * @return list<mixed> what the queued commands answered
     * @throws ConflictException when the keys have changed in each of the attempts
     * @throws Redis\Exception\RedisException
     */
    public function watch(string|array $keys, callable $callback, int $attempts = 10): array
    {
        $connection = $this->connection();
        try {
            for ($i = 0; $i < $attempts; $i++) {
                $connection->watch($keys);
                $transaction = $connection->multi();
                $callback($connection, $transaction);
                if (\count($transaction) === 0) {
                    return [];
                }
                $results = $transaction->exec();
                if ($results !== null) {
                    return $results;
                }
            }
        } finally {
            $connection->close();
        }

        throw new ConflictException("The watched keys have changed in each of $attempts attempts");
    }

    /**
     * A connection that nobody else uses, until the object is gone.
     *
     * @throws UsageException when all $maxDedicated are in use for longer than $timeout
     * @throws Redis\Exception\RedisException
     */
    public function connection(): Connection
    {
        return new Connection($this->client->dedicate());
    }

    /** Commands whose replies are kept in the process, so long at most; it needs $cacheBytes. */
    public function cached(float $seconds = 60.0): Cached
    {
        return new Cached($this->client, $seconds);
    }

    /**
     * @param bool $readOnly the script writes nothing: it may run on a replica, and once more when a connection is
     * lost
     */
    public function script(string $source, bool $readOnly = false): Script
    {
        return new Script($this->client, $source, $readOnly);
    }

    /**
     * Listens to channels. With a callback its calls come on the worker's loop, one after the other, until
     * unsubscribe() or the end of the script; without one the subscription is to be iterated over, and ends with its
     * object.
     *
     * @param string|list<string> $channels
     * @param (callable(string, string, Message): mixed)|null $callback is given the message, its channel, and both as
     *     an object
     * @throws Redis\Exception\RedisException
     */
    public function subscribe(string|array $channels, ?callable $callback = null): Subscription
    {
        return Subscription::begin($this->client->subscribe(), Feed::CHANNELS, (array) $channels, $callback);
    }

    /**
     * Listens to all channels whose names match: 'news.*'.
     *
     * @param string|list<string> $patterns
     * @param (callable(string, string, Message): mixed)|null $callback as for subscribe()
     * @throws Redis\Exception\RedisException
     */
    public function pSubscribe(string|array $patterns, ?callable $callback = null): Subscription
    {
        return Subscription::begin($this->client->subscribe(), Feed::PATTERNS, (array) $patterns, $callback);
    }

    /**
     * Listens to sharded channels (Redis 7), which in a cluster belong to one node.
     *
     * @param string|list<string> $channels
     * @param (callable(string, string, Message): mixed)|null $callback as for subscribe()
     * @throws Redis\Exception\RedisException
     */
    public function sSubscribe(string|array $channels, ?callable $callback = null): Subscription
    {
        return Subscription::begin($this->client->subscribe(), Feed::SHARDS, (array) $channels, $callback);
    }

    /**
     * A consumer of a stream's group, which is made when it is not there.
     *
     * @param string $name of this consumer, different for each that runs at the same time
     * @param string $from where a new group begins: '$' with what comes from now on, '0' with all that is there
     */
    public function consumer(string $stream, string $group, string $name, string $from = '$'): Consumer
    {
        return new Consumer($this, $stream, $group, $name, $from);
    }

    /**
     * A lock for all that use this server, not held yet: acquire() takes it, release() gives it back. While it is held
     * it is renewed; $ttl seconds after its process is gone it is free.
     *
     * @throws UsageException
     */
    public function lock(string $name, float $ttl = 30.0): Lock
    {
        return $this->client->lock($name, $ttl);
    }

    /**
     * Runs the callback while the lock is held.
     *
     * @param float $wait seconds to wait for the lock
     * @return mixed what the callback returned
     * @throws LockTimeoutException when another has the lock for longer
     */
    public function synchronized(string $name, callable $callback, float $wait = 10.0, float $ttl = 30.0): mixed
    {
        $lock = $this->lock($name, $ttl);
        if (!$lock->acquire($wait)) {
            throw new LockTimeoutException("The lock $name is held by another for more than $wait seconds");
        }
        try {
            return $callback($lock);
        } finally {
            $lock->release();
        }
    }

    /**
     * Takes $cost out of what a key may have: $rate in $period seconds, of which $burst may come at once.
     *
     * @param int|null $burst null: $rate
     * @param int $cost 0: only looks
     * @throws UsageException
     */
    public function limit(string $key, int $rate, float $period = 1.0, ?int $burst = null, int $cost = 1): Limit
    {
        return $this->client->limit($key, $burst ?? $rate, $rate, $period, $cost);
    }

    /**
     * All keys, in steps that do not hold up the server. In a cluster those of all its masters.
     *
     * @param string|null $match a pattern, as for keys()
     * @param int|null $count about how many the server looks at in one step
     * @param string|null $type as type() has it
     * @return Generator<int, string> a key may come twice
     */
    public function scan(?string $match = null, ?int $count = null, ?string $type = null): Generator
    {
        $options = Options::words(['match' => $match, 'count' => $count, 'type' => $type]);
        $cursor = '';
        do {
            [$cursor, $keys] = $this->client->scanPage($cursor, $options);
            foreach ($keys as $key) {
                yield $key;
            }
        } while ($cursor !== '');
    }

    /** The DSN without user and password. */
    public function address(): string
    {
        return $this->client->address();
    }

    /**
     * Figures of the connections that this object shares with others.
     *
     * @return array{address: string, connected: bool, commands: int, failures: int, dedicated: int, clients: int,
     *     subscriptions: int, droppedMessages: int} dedicated: connections in use for commands that block and the like
     */
    public function stats(): array
    {
        return $this->client->stats();
    }

    protected function send(array $arguments, int $shape): mixed
    {
        return $this->client->do($arguments, $shape);
    }
}
