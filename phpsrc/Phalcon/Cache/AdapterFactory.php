<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cache;

use Phalcon\Cache\Adapter\AdapterInterface;
use Phalcon\Cache\Adapter\Apcu;
use Phalcon\Cache\Adapter\Libmemcached;
use Phalcon\Cache\Adapter\Memory;
use Phalcon\Cache\Adapter\Redis;
use Phalcon\Cache\Adapter\RedisCluster;
use Phalcon\Cache\Adapter\Shared;
use Phalcon\Cache\Adapter\Stream;
use Phalcon\Cache\Adapter\Weak;
use Phalcon\Cache\Exception\Exception;
use Phalcon\Factory\AbstractFactory;
use Phalcon\Storage\SerializerFactory;

/** Makes cache adapters by name. */
class AdapterFactory extends AbstractFactory
{
    protected $serializerFactory = null;

    public function __construct(SerializerFactory $factory, array $services = [])
    {
        $this->serializerFactory = $factory;
        $this->init($services);
    }

    public function newInstance(string $name, array $options = []): AdapterInterface
    {
        $class = $this->getService($name);

        return new $class($this->serializerFactory, $options);
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }

    protected function getServices(): array
    {
        return [
            'apcu' => Apcu::class,
            'libmemcached' => Libmemcached::class,
            'memory' => Memory::class,
            'redis' => Redis::class,
            'rediscluster' => RedisCluster::class,
            'shared' => Shared::class,
            'stream' => Stream::class,
            'weak' => Weak::class,
        ];
    }
}
