<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http\Session;

use Phalanx\Redis as Client;
use Phalanx\Redis\Exception\ConnectionException;
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

use function array_map;
use function array_values;
use function class_exists;
use function extension_loaded;
use function rawurlencode;
use function str_contains;
use function str_starts_with;
use function strval;

/**
 * Sessions in Redis, which itself lets them expire: through PHP's redis extension where it is loaded, else through the
 * engine's client (Phalanx\Redis), whose connections all workers of the process share.
 *
 * With the extension a worker has one connection, coroutines take theirs from a pool, and idle connections are pinged.
 * Either way a command whose connection turns out to be lost is sent once more over a new one. There are no locks: of
 * two requests that change the same session at the same time the later one wins.
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

    /** The engine's, where there is no extension. */
    private ?Client $client = null;

    /**
     * @param array{host?: string|list<string>, port?: int, timeout?: int|float, auth?: string|array,
     *     database?: int, prefix?: string, ping?: int|float, pool?: array} $config timeout: seconds to connect and to
     *     wait for an answer (2); prefix of the keys ('redis_session_'); with the extension also ping: seconds between
     *     two pings of an idle connection (50), and pool: as for Workerman\Coroutine\Pool, and max_connections (10)
     * @throws RuntimeException without the redis extension, where there is no engine either
     */
    public function __construct(array $config)
    {
        $config['timeout'] ??= 2;
        $this->config = $config;
        if (extension_loaded('redis')) {
            return;
        }
        if (!class_exists(Client\Client::class)) {
            throw new RuntimeException(
                static::class . " needs the phalanx program or PHP's redis extension;"
                . ' without both keep sessions in files (' . FileSessionHandler::class . ')'
            );
        }
        $this->client = new Client(
            $this->dsn($config),
            timeout: (float) ($config['read_timeout'] ?? $config['timeout']),
            connectTimeout: (float) $config['timeout']
        );
    }

    /** @internal the address in the form that Phalanx\Redis takes */
    protected function dsn(array $config): string
    {
        $host = (string) ($config['host'] ?? '127.0.0.1');
        $database = (int) ($config['database'] ?? 0);
        if (str_starts_with($host, '/')) {
            return 'unix://' . self::login($config) . "$host?db=$database";
        }
        if (str_contains($host, ':') && $host[0] !== '[') {
            $host = "[$host]"; // IPv6
        }

        return 'redis://' . self::login($config) . $host . ':' . (int) ($config['port'] ?? 6379) . "/$database";
    }

    /** @internal */
    protected static function login(array $config): string
    {
        $auth = $config['auth'] ?? null;
        if (empty($auth)) {
            return '';
        }
        $parts = array_map(rawurlencode(...), array_map(strval(...), array_values((array) $auth)));

        return (isset($parts[1]) ? $parts[0] . ':' . $parts[1] : ':' . $parts[0]) . '@';
    }

    private function key(string $sessionId): string
    {
        return (empty($this->config['prefix']) ? 'redis_session_' : $this->config['prefix']) . $sessionId;
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
    private function run(string $command, string $sessionId, mixed ...$arguments): mixed
    {
        if ($this->client !== null) {
            $key = $this->key($sessionId);
            try {
                return $this->client->$command($key, ...$arguments);
            } catch (ConnectionException) {
                return $this->client->$command($key, ...$arguments);
            }
        }
        $connection = $this->connection();
        try {
            return $connection->$command($sessionId, ...$arguments);
        } catch (RedisException | RedisClusterException) {
            static::$pool?->closeConnection($connection);
            if (Coroutine::isCoroutine()) {
                Context::set(self::IN_CONTEXT, null);
            }

            return $this->connection()->$command($sessionId, ...$arguments);
        }
    }

    public function open(string $savePath, string $name): bool
    {
        return true;
    }

    /**
     * @return string|false false: there is none
     * @throws RedisException|Client\Exception\RedisException
     */
    public function read(string $sessionId): string|false
    {
        return $this->run('get', $sessionId) ?? false;
    }

    /**
     * @throws RedisException|Client\Exception\RedisException
     */
    public function write(string $sessionId, string $sessionData): bool
    {
        return $this->run('setex', $sessionId, Session::$lifetime, $sessionData) === true;
    }

    /**
     * @throws RedisException|Client\Exception\RedisException
     */
    public function updateTimestamp(string $sessionId, string $data = ''): bool
    {
        return $this->run('expire', $sessionId, Session::$lifetime) === true;
    }

    /**
     * @throws RedisException|Client\Exception\RedisException
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
