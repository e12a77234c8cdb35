<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Phalanx\Phalcon\Storage\RedisClient;
use Phalanx\Phalcon\Storage\RedisConnector;
use Phalcon\Storage\Exceptions\ClusterConnectionFailed;
use Phalcon\Storage\SerializerFactory;

/**
 * Values in a Redis cluster, as those of Redis.
 *
 * Options: hosts (some of the nodes, each 'host:port'), timeout and readTimeout (seconds, 0: PHP's
 * default_socket_timeout), auth, context (of TLS), and for the extension name (of seeds in php.ini) and persistent.
 */
class RedisCluster extends Redis
{
    protected $prefix = 'ph-redc-';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $options['name'] ??= null;
        $options['hosts'] ??= ['127.0.0.1:6379'];
        $options['timeout'] ??= 0;
        $options['readTimeout'] ??= 0;
        $options['persistent'] = static::getArrVal($options, 'persistent', false, 'bool');
        $options['auth'] ??= '';
        $options['context'] ??= null;
        parent::__construct($factory, $options);
    }

    /** Empties all masters, values of others included. */
    public function clear(): bool
    {
        $client = $this->getAdapter();
        if ($client instanceof RedisClient) {
            return $client->flushAll();
        }
        foreach ($client->_masters() as $master) {
            $client->flushAll($master);
        }

        return true;
    }

    /** @throws ClusterConnectionFailed */
    public function getAdapter()
    {
        if ($this->adapter === null) {
            $client = RedisConnector::cluster($this->options);
            if (RedisConnector::prepare($client, $this->prefix, $this->defaultSerializer)) {
                $this->defaultSerializer = '';
            }
            $this->initSerializer();
            $this->adapter = $client;
        }

        return $this->adapter;
    }

    public function getKeys(string $prefix = ''): array
    {
        return $this->getFilteredKeys($this->getAdapter()->keys('*'), $prefix);
    }
}
