<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\RedisCluster as StorageRedisCluster;

/** Phalcon\Storage\Adapter\RedisCluster for Phalcon\Cache. */
class RedisCluster extends StorageRedisCluster implements AdapterInterface
{
    protected $eventType = 'cache';
}
