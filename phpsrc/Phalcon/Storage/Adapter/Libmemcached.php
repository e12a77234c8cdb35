<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Memcached;
use Phalcon\Storage\Exceptions\ConnectionFailed;
use Phalcon\Storage\Exceptions\InvalidConfiguration;
use Phalcon\Storage\SerializerFactory;

/**
 * Values in memcached, by the memcached extension. Options: servers (a list of host, port, weight), client (options of
 * Memcached by number), persistentId, saslAuthData (user, pass).
 */
class Libmemcached extends AbstractAdapter
{
    protected $prefix = 'ph-memc-';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $options['servers'] ??= [['host' => '127.0.0.1', 'port' => 11211, 'weight' => 1]];
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    /** Empties the servers, values of others included. */
    public function clear(): bool
    {
        return $this->getAdapter()->flush();
    }

    /**
     * @throws InvalidConfiguration when the client refuses its options
     * @throws ConnectionFailed when it refuses the servers; that they answer is not tried
     */
    public function getAdapter()
    {
        return $this->adapter ?: $this->adapter = $this->connect();
    }

    public function getKeys(string $prefix = ''): array
    {
        return $this->getFilteredKeys($this->getAdapter()->getAllKeys(), $prefix);
    }

    public function setForever(string $key, $value): bool
    {
        $key = $this->getKeyWithoutPrefix($key);

        return $this->getAdapter()->set($key, $this->getSerializedData($value), 0) === true;
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return $this->getAdapter()->decrement($key, $value);
    }

    protected function doDelete(string $key): bool
    {
        return $this->getAdapter()->delete($key, 0);
    }

    protected function doDeleteMultiple(array $keys): bool
    {
        if ($keys === []) {
            return true;
        }
        $results = $this->getAdapter()->deleteMulti($keys);

        return is_array($results) && array_all($results, static fn (mixed $result): bool => $result === true);
    }

    protected function doGet(string $key, $defaultValue = null)
    {
        $memcached = $this->getAdapter();
        $content = $memcached->get($key);

        return $memcached->getResultCode() === Memcached::RES_NOTFOUND
            ? $defaultValue
            : $this->getUnserializedData($content, $defaultValue);
    }

    protected function doHas(string $key): bool
    {
        $memcached = $this->getAdapter();
        $memcached->get($key);

        return $memcached->getResultCode() !== Memcached::RES_NOTFOUND;
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return $this->getAdapter()->increment($key, $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        if (is_int($ttl) && $ttl < 1) {
            return $this->delete($key);
        }

        return $this->getAdapter()->set($key, $this->getSerializedData($value), $this->getTtl($ttl)) === true;
    }

    private function connect(): Memcached
    {
        $memcached = new Memcached(static::getArrVal($this->options, 'persistentId', 'ph-mcid-'));
        $memcached->setOption(Memcached::OPT_PREFIX_KEY, $this->prefix);
        // One that was kept from an earlier request has its servers and options.
        if ($memcached->getServerList() === []) {
            $this->configure($memcached);
        }
        $format = match (strtolower($this->defaultSerializer)) {
            'memcached_igbinary' => Memcached::SERIALIZER_IGBINARY,
            'memcached_json' => Memcached::SERIALIZER_JSON,
            'memcached_php' => Memcached::SERIALIZER_PHP,
            default => null,
        };
        if ($format !== null) {
            $this->defaultSerializer = '';
            $memcached->setOption(Memcached::OPT_SERIALIZER, $format);
        }
        $this->initSerializer();

        return $memcached;
    }

    private function configure(Memcached $memcached): void
    {
        $client = array_replace([
            Memcached::OPT_CONNECT_TIMEOUT => 50,
            Memcached::OPT_DISTRIBUTION => Memcached::DISTRIBUTION_CONSISTENT,
            Memcached::OPT_SERVER_FAILURE_LIMIT => 2,
            Memcached::OPT_REMOVE_FAILED_SERVERS => true,
            Memcached::OPT_RETRY_TIMEOUT => 1,
        ], static::getArrVal($this->options, 'client', []));
        if ($memcached->setOptions($client) !== true) {
            throw new InvalidConfiguration('Cannot set Memcached client options');
        }
        if ($memcached->addServers(static::getArrVal($this->options, 'servers', [])) !== true) {
            throw new ConnectionFailed('Cannot connect to the Memcached server(s)');
        }
        $login = static::getArrVal($this->options, 'saslAuthData', []);
        if (!empty($login['user'])) {
            $memcached->setSaslAuthData($login['user'], $login['pass'] ?? '');
        }
    }
}
