<?php

declare(strict_types=1);

namespace Phalcon\Storage;

use Phalcon\Factory\AbstractFactory;
use Phalcon\Storage\Serializer\SerializerInterface;

/** Makes serializers by name. */
class SerializerFactory extends AbstractFactory
{
    public function __construct(array $services = [])
    {
        $this->init($services);
    }

    public function newInstance(string $name): SerializerInterface
    {
        $class = $this->getService($name);

        return new $class();
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }

    protected function getServices(): array
    {
        return [
            'base64' => Serializer\Base64::class,
            'igbinary' => Serializer\Igbinary::class,
            'json' => Serializer\Json::class,
            'memcached_igbinary' => Serializer\MemcachedIgbinary::class,
            'memcached_json' => Serializer\MemcachedJson::class,
            'memcached_php' => Serializer\MemcachedPhp::class,
            'msgpack' => Serializer\Msgpack::class,
            'none' => Serializer\None::class,
            'php' => Serializer\Php::class,
            'redis_igbinary' => Serializer\RedisIgbinary::class,
            'redis_json' => Serializer\RedisJson::class,
            'redis_msgpack' => Serializer\RedisMsgpack::class,
            'redis_none' => Serializer\RedisNone::class,
            'redis_php' => Serializer\RedisPhp::class,
        ];
    }
}
