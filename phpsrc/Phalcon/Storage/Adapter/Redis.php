<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Phalanx\Phalcon\Storage\RedisConnector;
use Phalcon\Storage\Exceptions\AuthenticationFailed;
use Phalcon\Storage\Exceptions\ConnectionFailed;
use Phalcon\Storage\Exceptions\DatabaseSelectionFailed;
use Phalcon\Storage\SerializerFactory;

/**
 * Values in Redis: by the redis extension where it is loaded, else by the engine's client, whose connections all
 * workers share and whose commands let other Fibers go on.
 *
 * Options: host (or a socket's path, or 'tls://host'), port, index (database), auth (a password, or user and password),
 * timeout and readTimeout (seconds, 0: PHP's default_socket_timeout), ssl (context options of the same names as for
 * streams), and for the extension persistent, persistentId and retryInterval.
 */
class Redis extends AbstractAdapter
{
    protected $prefix = 'ph-reds-';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $options['host'] ??= '127.0.0.1';
        $options['port'] = static::getArrVal($options, 'port', 6379, 'int');
        $options['index'] ??= 0;
        $options['timeout'] ??= 0;
        $options['persistent'] = static::getArrVal($options, 'persistent', false, 'bool');
        $options['persistentId'] = static::getArrVal($options, 'persistentId', '', 'string');
        $options['auth'] ??= [];
        $options['socket'] ??= '';
        $options['connectTimeout'] ??= 0;
        $options['retryInterval'] ??= 0;
        $options['readTimeout'] ??= 0;
        $options['ssl'] ??= [];
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    /** Removes the values with this prefix. */
    public function clear(): bool
    {
        $keys = [];
        foreach ($this->getKeys() as $key) {
            $keys[] = substr($key, strlen($this->prefix));
        }

        return $keys === [] || $this->getAdapter()->del($keys) !== false;
    }

    /**
     * @throws ConnectionFailed
     * @throws AuthenticationFailed
     * @throws DatabaseSelectionFailed
     */
    public function getAdapter()
    {
        if ($this->adapter === null) {
            $client = RedisConnector::server($this->options);
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
        $client = $this->getAdapter();
        $pattern = addcslashes($this->prefix . $prefix, '\\*?[]') . '*';
        $keys = [];
        $cursor = '0';
        do {
            $page = $client->rawCommand('scan', $cursor, 'MATCH', $pattern, 'COUNT', 100);
            if (!is_array($page) || !isset($page[0])) {
                break;
            }
            $cursor = (string) $page[0];
            foreach (is_array($page[1] ?? null) ? $page[1] : [] as $key) {
                $keys[$key] = $key; // it may come twice
            }
        } while ($cursor !== '0');

        return $this->getFilteredKeys(array_values($keys), $prefix);
    }

    public function setForever(string $key, $value): bool
    {
        $key = $this->getKeyWithoutPrefix($key);

        return $this->getAdapter()->set($key, $this->getSerializedData($value)) === true;
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return $this->getAdapter()->decrBy($key, $value);
    }

    protected function doDelete(string $key): bool
    {
        return (bool) $this->getAdapter()->unlink($key);
    }

    protected function doDeleteMultiple(array $keys): bool
    {
        return $keys === [] || $this->getAdapter()->unlink($keys) === count($keys);
    }

    /** One command where it suffices: false is what there is not, or, when the client serializes, perhaps a value. */
    protected function doGet(string $key, $defaultValue = null)
    {
        $content = $this->doGetData($key);

        return $content === false && !$this->doHas($key)
            ? $defaultValue
            : $this->getUnserializedData($content, $defaultValue);
    }

    protected function doHas(string $key): bool
    {
        return (bool) $this->getAdapter()->exists($key);
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return $this->getAdapter()->incrBy($key, $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        if (is_int($ttl) && $ttl < 1) {
            return $this->delete($key);
        }

        return $this->getAdapter()->set($key, $this->getSerializedData($value), $this->getTtl($ttl)) === true;
    }
}
