<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Redis as StorageRedis;

/** Phalcon\Storage\Adapter\Redis for Phalcon\Cache. */
class Redis extends StorageRedis implements AdapterInterface
{
    protected $eventType = 'cache';
}
