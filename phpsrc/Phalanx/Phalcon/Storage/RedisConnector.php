<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Storage;

use Exception;
use Phalanx\Redis as Engine;
use Phalanx\Redis\Exception\AuthenticationException;
use Phalanx\Redis\Exception\RedisException;
use Phalcon\Storage\Exceptions\AuthenticationFailed;
use Phalcon\Storage\Exceptions\ClusterConnectionFailed;
use Phalcon\Storage\Exceptions\ConnectionFailed;
use Phalcon\Storage\Exceptions\DatabaseSelectionFailed;
use Redis;
use RedisCluster;
use SensitiveParameter;

/**
 * Makes the clients of Phalcon's Redis adapters out of their options: those of the redis extension where it is loaded,
 * else the engine's.
 *
 * @internal
 */
final class RedisConnector
{
    /**
     * @param array<string, mixed> $options
     * @throws ConnectionFailed
     * @throws AuthenticationFailed
     * @throws DatabaseSelectionFailed
     */
    public static function server(#[SensitiveParameter] array $options): Redis|RedisClient
    {
        return self::hasEngineOnly() ? self::engineServer($options) : self::extensionServer($options);
    }

    /**
     * @param array<string, mixed> $options
     * @throws ClusterConnectionFailed
     */
    public static function cluster(#[SensitiveParameter] array $options): RedisCluster|RedisClient
    {
        try {
            return self::hasEngineOnly() ? self::engineCluster($options) : new RedisCluster(
                $options['name'],
                $options['hosts'],
                (float) $options['timeout'],
                (float) $options['readTimeout'],
                $options['persistent'],
                $options['auth'],
                $options['context']
            );
        } catch (Exception $e) {
            throw new ClusterConnectionFailed(
                'Could not connect to the Redis Cluster server due to: ' . $e->getMessage(),
                0,
                $e
            );
        }
    }

    /**
     * Tells the client what to put before keys, and to serialize if this is the name of a format that is its own.
     *
     * @return bool whether it serializes
     */
    public static function prepare(Redis|RedisCluster|RedisClient $client, string $prefix, string $serializer): bool
    {
        $client->setOption(RedisClient::OPT_PREFIX, $prefix);
        $format = match (strtolower($serializer)) {
            'redis_none' => RedisClient::SERIALIZER_NONE,
            'redis_php' => RedisClient::SERIALIZER_PHP,
            'redis_igbinary' => RedisClient::SERIALIZER_IGBINARY,
            'redis_msgpack' => RedisClient::SERIALIZER_MSGPACK,
            'redis_json' => RedisClient::SERIALIZER_JSON,
            default => null,
        };
        // Which formats the extension has was decided when it was compiled.
        $constant = 'Redis::' . strtoupper(str_replace('redis_', 'SERIALIZER_', strtolower($serializer)));
        if ($format === null || (!$client instanceof RedisClient && !defined($constant))) {
            return false;
        }

        $client->setOption(RedisClient::OPT_SERIALIZER, $format);

        return true;
    }

    private static function hasEngineOnly(): bool
    {
        return !extension_loaded('redis') && class_exists(Engine\Client::class);
    }

    /** @param array<string, mixed> $options */
    private static function extensionServer(#[SensitiveParameter] array $options): Redis
    {
        $context = array_filter(['auth' => $options['auth'], 'stream' => $options['ssl']]);
        $persistentId = $options['persistent'] ? $options['persistentId'] ?: 'persistentId' . $options['index'] : null;
        $client = new Redis();
        try {
            $connected = $client->{$options['persistent'] ? 'pconnect' : 'connect'}(
                (string) $options['host'],
                $options['port'],
                (float) $options['timeout'],
                $persistentId,
                (int) $options['retryInterval'],
                (float) $options['readTimeout'],
                $context
            );
        } catch (Exception $e) {
            // With a password connecting is logging in as well.
            throw self::refusal($e, $options);
        }
        if (!$connected) {
            throw new ConnectionFailed("Could not connect to the Redis server [$options[host]:$options[port]]");
        }
        try {
            $accepted = empty($options['auth']) || $client->auth($options['auth']) === true;
        } catch (Exception) {
            $accepted = false;
        }
        if (!$accepted) {
            throw new AuthenticationFailed();
        }
        if ($options['index'] > 0 && $client->select((int) $options['index']) !== true) {
            throw new DatabaseSelectionFailed();
        }

        return $client;
    }

    /** @param array<string, mixed> $options */
    private static function engineServer(#[SensitiveParameter] array $options): RedisClient
    {
        $host = (string) $options['host'];
        $scheme = 'redis';
        if (preg_match('#^(tls|ssl|rediss|tcp|redis|unix)://#', $host, $match) === 1) {
            $host = substr($host, strlen($match[0]));
            $scheme = match ($match[1]) {
                'tls', 'ssl', 'rediss' => 'rediss',
                'unix' => 'unix',
                default => 'redis',
            };
        }
        $login = self::login($options['auth']);
        $index = (int) $options['index'];
        if ($host !== '' && $host[0] === '/') {
            $dsn = "unix://$login$host?db=$index";
        } else {
            $host = str_contains($host, ':') && $host[0] !== '[' ? "[$host]" : $host; // IPv6
            $dsn = "$scheme://$login$host:$options[port]/$index";
        }
        try {
            $client = new RedisClient(self::engine($dsn, $options, (array) $options['ssl']));
            $client->ping();
        } catch (AuthenticationException $e) {
            throw new AuthenticationFailed();
        } catch (RedisException $e) {
            throw self::refusal($e, $options);
        }

        return $client;
    }

    /** @param array<string, mixed> $options */
    private static function engineCluster(#[SensitiveParameter] array $options): RedisClient
    {
        $context = is_array($options['context']) ? $options['context'] : [];
        $scheme = $context === [] ? 'redis-cluster' : 'rediss-cluster';
        $dsn = "$scheme://" . self::login($options['auth']) . implode(',', (array) $options['hosts']);
        $client = new RedisClient(self::engine($dsn, $options, $context));
        $client->exists('');

        return $client;
    }

    /**
     * @param array<string, mixed> $options
     * @param array<string, mixed> $tls context options as for streams
     */
    private static function engine(#[SensitiveParameter] string $dsn, array $options, array $tls): Engine
    {
        $default = (float) ini_get('default_socket_timeout');
        $default = $default > 0 ? $default : 60.0;
        $timeout = (float) $options['timeout'];
        $readTimeout = (float) $options['readTimeout'];

        return new Engine(
            $dsn,
            timeout: $readTimeout > 0 ? $readTimeout : $default,
            connectTimeout: $timeout > 0 ? $timeout : $default,
            tlsCa: (string) ($tls['cafile'] ?? ''),
            tlsCert: (string) ($tls['local_cert'] ?? ''),
            tlsKey: (string) ($tls['local_pk'] ?? ''),
            tlsServerName: (string) ($tls['peer_name'] ?? ''),
            tlsVerify: (bool) ($tls['verify_peer'] ?? true)
        );
    }

    /** "user:password@", or '' without. */
    private static function login(#[SensitiveParameter] mixed $auth): string
    {
        if (empty($auth)) {
            return '';
        }
        $encode = static fn (mixed $part): string => rawurlencode((string) $part);
        $parts = array_map($encode, array_values((array) $auth));

        return (isset($parts[1]) ? "$parts[0]:$parts[1]" : ":$parts[0]") . '@';
    }

    /** @param array<string, mixed> $options */
    private static function refusal(Exception $e, array $options): Exception
    {
        $message = $e->getMessage();

        return match (true) {
            str_contains($message, 'DB index is out of range') => new DatabaseSelectionFailed(),
            default => new ConnectionFailed($message, 0, $e),
        };
    }
}
