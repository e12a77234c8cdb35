<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http\Session;

use Redis;
use RedisCluster;
use RedisClusterException;

/**
 * Sessions in a Redis cluster. Source: Workerman\Protocols\Http\Session\RedisClusterSessionHandler 5.2.2.
 */
class RedisClusterSessionHandler extends RedisSessionHandler
{
    /**
     * @param array{host?: list<string>, timeout?: int|float, read_timeout?: int|float, persistent?: bool,
     *     auth?: string|array, prefix?: string, ping?: int|float, pool?: array} $config host: some of the nodes,
     *     each 'host:port', from which the others are learnt; read_timeout: seconds (timeout)
     */
    public function __construct(array $config)
    {
        parent::__construct($config);
    }

    /** @internal */
    protected function dsn(array $config): string
    {
        $hosts = (array) ($config['host'] ?? ['127.0.0.1:7000']);

        return 'redis-cluster://' . self::login($config) . \implode(',', $hosts);
    }

    /**
     * @throws RedisClusterException when no node answers, or they refuse the login
     */
    protected function createRedisConnection(array $config): Redis|RedisCluster
    {
        $timeout = $config['timeout'] ?? 2;
        $redis = new RedisCluster(
            null,
            (array) ($config['host'] ?? ['127.0.0.1:7000']),
            (float) $timeout,
            (float) ($config['read_timeout'] ?? $timeout),
            (bool) ($config['persistent'] ?? false),
            ...(empty($config['auth']) ? [] : [$config['auth']])
        );
        $redis->setOption(Redis::OPT_PREFIX, empty($config['prefix']) ? 'redis_session_' : $config['prefix']);

        return $redis;
    }
}
