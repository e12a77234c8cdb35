<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage;

use Phalcon\Factory\AbstractFactory;
use Phalcon\Storage\Adapter\AdapterInterface;
use Phalcon\Storage\Adapter\Apcu;
use Phalcon\Storage\Adapter\Libmemcached;
use Phalcon\Storage\Adapter\Memory;
use Phalcon\Storage\Adapter\Redis;
use Phalcon\Storage\Adapter\RedisCluster;
use Phalcon\Storage\Adapter\Shared;
use Phalcon\Storage\Adapter\Stream;
use Phalcon\Storage\Adapter\Weak;

/** Makes storage adapters by name. */
class AdapterFactory extends AbstractFactory
{
    private SerializerFactory $serializerFactory;

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
