<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http\Session;

use Redis;
use RedisCluster;
use RedisClusterException;
use RedisException;
use RuntimeException;
use stdClass;
use Throwable;
use Workerman\Coroutine;
use Workerman\Coroutine\Context;
use Workerman\Coroutine\Pool;
use Workerman\Coroutine\Utils\DestructionWatcher;
use Workerman\Protocols\Http\Session;

use function extension_loaded;

/**
 * Sessions in Redis, through PHP's redis extension; Redis itself lets them expire.
 *
 * A worker has one connection, coroutines take theirs from a pool. Idle connections are pinged, and a command whose
 * connection turns out to be lost is sent once more over a new one. There are no locks: of two requests that change the
 * same session at the same time the later one wins.
 *
 * Source: Workerman\Protocols\Http\Session\RedisSessionHandler 5.2.2.
 */
class RedisSessionHandler implements SessionHandlerInterface
{
    private const IN_CONTEXT = 'session.redis.connection';

    /** The worker's own, for code outside of coroutines. */
    protected Redis|RedisCluster|null $connection = null;

    protected array $config;

    protected static ?Pool $pool = null;

    /**
     * @param array{host?: string|list<string>, port?: int, timeout?: int|float, auth?: string|array,
     *     database?: int, prefix?: string, ping?: int|float, pool?: array} $config timeout: seconds to connect and to
     *     wait for an answer (2); prefix of the keys ('redis_session_'); ping: seconds between two pings of an idle
     *     connection (50); pool: as for Workerman\Coroutine\Pool, and max_connections (10)
     * @throws RuntimeException without the redis extension
     */
    public function __construct(array $config)
    {
        if (!extension_loaded('redis')) {
            throw new RuntimeException(
                static::class . " needs PHP's redis extension: install it and add 'extension=redis' to php.ini,"
                . ' or keep sessions in files (' . FileSessionHandler::class . ')'
            );
        }
        $config['timeout'] ??= 2;
        $this->config = $config;
    }

    /**
     * The connection of the current coroutine, or the worker's.
     *
     * @throws Throwable what connecting throws, and PoolException when none becomes free
     */
    protected function connection(): Redis|RedisCluster
    {
        static::$pool ??= $this->createPool();
        if (!Coroutine::isCoroutine()) {
            return $this->connection = static::$pool->get();
        }

        $held = Context::get(self::IN_CONTEXT);
        if (!$held) {
            $held = new stdClass();
            $held->connection = $connection = static::$pool->get();
            $pool = static::$pool;
            // With the coroutine its context goes, and with that the connection comes back.
            DestructionWatcher::watch($held, static fn () => $pool->put($connection));
            Context::set(self::IN_CONTEXT, $held);
        }

        return $held->connection;
    }

    private function createPool(): Pool
    {
        $config = $this->config['pool'] ?? [];
        if (isset($this->config['ping'])) {
            $config['heartbeat_interval'] ??= $this->config['ping'];
        }
        $pool = new Pool($config['max_connections'] ?? 10, $config);
        $pool->setConnectionCreator(fn (): object => $this->createRedisConnection($this->config));
        $pool->setConnectionCloser(static fn (Redis|RedisCluster $connection) => $connection->close());
        $pool->setHeartbeatChecker($this->ping(...));

        return $pool;
    }

    private function ping(Redis|RedisCluster $connection): void
    {
        if ($connection instanceof Redis) {
            $connection->ping();
            return;
        }
        foreach ($connection->_masters() as $node) {
            $connection->ping($node);
        }
    }

    /**
     * @throws RuntimeException|RedisException when there is no server, or it refuses the login
     */
    protected function createRedisConnection(array $config): Redis|RedisCluster
    {
        $host = $config['host'] ?? '127.0.0.1';
        $port = (int) ($config['port'] ?? 6379);
        $redis = new Redis();
        if (!$redis->connect($host, $port, (float) $config['timeout'], null, 0, (float) $config['timeout'])) {
            throw new RuntimeException("Redis connect $host:$port fail.");
        }
        if (!empty($config['auth']) && !$redis->auth($config['auth'])) {
            throw new RuntimeException("Redis at $host:$port refuses the login.");
        }
        if (!empty($config['database']) && !$redis->select((int) $config['database'])) {
            throw new RuntimeException("Redis at $host:$port has no database $config[database].");
        }
        $redis->setOption(Redis::OPT_PREFIX, empty($config['prefix']) ? 'redis_session_' : $config['prefix']);

        return $redis;
    }

    /**
     * Runs a command that may be repeated: one whose connection was lost (the server was started again, or a firewall
     * has forgotten it) goes out once more over a new one.
     */
    private function run(string $command, mixed ...$arguments): mixed
    {
        $connection = $this->connection();
        try {
            return $connection->$command(...$arguments);
        } catch (RedisException | RedisClusterException) {
            static::$pool?->closeConnection($connection);
            if (Coroutine::isCoroutine()) {
                Context::set(self::IN_CONTEXT, null);
            }

            return $this->connection()->$command(...$arguments);
        }
    }

    public function open(string $savePath, string $name): bool
    {
        return true;
    }

    /**
     * @return string|false false: there is none
     * @throws RedisException
     */
    public function read(string $sessionId): string|false
    {
        return $this->run('get', $sessionId);
    }

    /**
     * @throws RedisException
     */
    public function write(string $sessionId, string $sessionData): bool
    {
        return $this->run('setex', $sessionId, Session::$lifetime, $sessionData) === true;
    }

    /**
     * @throws RedisException
     */
    public function updateTimestamp(string $sessionId, string $data = ''): bool
    {
        return $this->run('expire', $sessionId, Session::$lifetime) === true;
    }

    /**
     * @throws RedisException
     */
    public function destroy(string $sessionId): bool
    {
        $this->run('del', $sessionId);

        return true;
    }

    public function close(): bool
    {
        return true;
    }

    /** Redis removes what has expired. */
    public function gc(int $maxLifetime): bool
    {
        return true;
    }
}
