<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use DateInterval;
use DateTime;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Phalcon\Storage\Serializer\SerializerInterface;
use Phalcon\Storage\SerializerFactory;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/**
 * What storage adapters have in common: prefixes of keys, times to live, serializers and events.
 *
 * Options of all adapters: defaultSerializer (a name known to the factory, 'php'), serializer (an object, in place of
 * that), lifetime (seconds, 3600), prefix, stripPrefix (whether a key that begins with the prefix is taken for one that
 * has it already; true). The rest are the adapter's own.
 */
abstract class AbstractAdapter implements AdapterInterface, EventsAwareInterface
{
    use GetTrait;

    protected $adapter = null;
    protected $defaultSerializer = 'php';
    protected $lifetime = 3600;
    protected $options = [];
    protected $prefix = 'ph-memo-';
    protected $serializer = null;
    protected $serializerFactory = null;
    protected $stripPrefix = true;
    protected $eventsManager = null;
    protected $eventType = 'storage';

    protected function __construct(SerializerFactory $factory, array $options = [])
    {
        $this->serializerFactory = $factory;
        $this->defaultSerializer = mb_strtolower(static::getArrVal($options, 'defaultSerializer', 'php'));
        $this->lifetime = static::getArrVal($options, 'lifetime', 3600);
        $this->serializer = static::getArrVal($options, 'serializer', null);
        $this->stripPrefix = (bool) static::getArrVal($options, 'stripPrefix', true);
        if (isset($options['prefix'])) {
            $this->prefix = $options['prefix'];
        }
        unset(
            $options['defaultSerializer'],
            $options['lifetime'],
            $options['serializer'],
            $options['prefix'],
            $options['stripPrefix']
        );
        $this->options = $options;
    }

    abstract public function clear(): bool;

    public function decrement(string $key, int $value = 1): int|bool
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeDecrement', $key);
        $result = $this->doDecrement($key, $value);
        $this->fire($this->eventType . ':afterDecrement', $key);

        return $result;
    }

    public function delete(string $key): bool
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeDelete', $key);
        $result = $this->doDelete($key);
        $this->fire($this->eventType . ':afterDelete', $key);

        return $result;
    }

    /** @return bool whether all of them were there */
    public function deleteMultiple(array $keys): bool
    {
        $names = [];
        foreach ($keys as $key) {
            $names[] = $this->getKeyWithoutPrefix($key);
        }
        $this->fire($this->eventType . ':beforeDeleteMultiple', $names);
        $result = $this->doDeleteMultiple($names);
        $this->fire($this->eventType . ':afterDeleteMultiple', $names);

        return $result;
    }

    protected function doDeleteMultiple(array $keys): bool
    {
        $all = true;
        foreach ($keys as $key) {
            $all = $this->doDelete($key) && $all;
        }

        return $all;
    }

    public function get(string $key, $defaultValue = null)
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeGet', $key);
        $result = $this->doGet($key, $defaultValue);
        $this->fire($this->eventType . ':afterGet', $key);

        return $result;
    }

    /** The client that keeps the values, which connects when it is first asked for; null: there is none. */
    public function getAdapter()
    {
        return $this->adapter;
    }

    public function getDefaultSerializer(): string
    {
        return $this->defaultSerializer;
    }

    abstract public function getKeys(string $prefix = ''): array;

    public function getLifetime(): int
    {
        return $this->lifetime;
    }

    public function getPrefix(): string
    {
        return $this->prefix;
    }

    /** Null: values are stored as they are. The extension answers null as well, against its own signature. */
    public function getSerializer(): ?SerializerInterface
    {
        return $this->serializer;
    }

    public function has(string $key): bool
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeHas', $key);
        $result = $this->doHas($key);
        $this->fire($this->eventType . ':afterHas', $key);

        return $result;
    }

    public function increment(string $key, int $value = 1): int|bool
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeIncrement', $key);
        $result = $this->doIncrement($key, $value);
        $this->fire($this->eventType . ':afterIncrement', $key);

        return $result;
    }

    /** @param DateInterval|int|null $ttl seconds; null: the adapter's lifetime; less than 1: the key is deleted */
    public function set(string $key, $value, $ttl = null): bool
    {
        $key = $this->getKeyWithoutPrefix($key);
        $this->fire($this->eventType . ':beforeSet', $key);
        $result = $this->doSet($key, $value, $ttl);
        $this->fire($this->eventType . ':afterSet', $key);

        return $result;
    }

    public function setDefaultSerializer(string $serializer): void
    {
        $this->defaultSerializer = mb_strtolower($serializer);
    }

    protected function doGet(string $key, $defaultValue = null)
    {
        return $this->doHas($key) === true
            ? $this->getUnserializedData($this->doGetData($key), $defaultValue)
            : $defaultValue;
    }

    protected function doGetData(string $key)
    {
        return $this->getAdapter()->get($key);
    }

    abstract protected function doDecrement(string $key, int $value = 1): int|bool;

    abstract protected function doDelete(string $key): bool;

    abstract protected function doHas(string $key): bool;

    abstract protected function doIncrement(string $key, int $value = 1): int|bool;

    abstract protected function doSet(string $key, $value, $ttl = null): bool;

    /** Those of the keys that begin with the adapter's prefix and this one behind it. */
    protected function getFilteredKeys($keys, string $prefix): array
    {
        $pattern = $this->prefix . $prefix;
        $results = [];
        foreach ($keys ?: [] as $key) {
            if (str_starts_with($key, $pattern)) {
                $results[] = $key;
            }
        }

        return $results;
    }

    protected function getKeyWithoutPrefix(string $key): string
    {
        return $this->stripPrefix && $this->prefix !== '' && str_starts_with($key, $this->prefix)
            ? substr($key, strlen($this->prefix))
            : $key;
    }

    protected function getPrefixedKey($key): string
    {
        return $this->prefix . $this->getKeyWithoutPrefix((string) $key);
    }

    protected function getSerializedData($content)
    {
        if ($this->serializer === null) {
            return $content;
        }
        $this->serializer->setData($content);

        return $this->serializer->serialize();
    }

    /** Seconds. */
    protected function getTtl($ttl): int
    {
        return match (true) {
            $ttl === null => $this->lifetime,
            $ttl instanceof DateInterval => (new DateTime('@0'))->add($ttl)->getTimestamp(),
            default => (int) $ttl,
        };
    }

    protected function getUnserializedData($content, $defaultValue = null)
    {
        if ($this->serializer === null) {
            return $content;
        }
        $this->serializer->unserialize($content);
        if (method_exists($this->serializer, 'isSuccess') && $this->serializer->isSuccess() !== true) {
            return $defaultValue;
        }

        return $this->serializer->getData();
    }

    /** Makes the default serializer unless there is one already. */
    protected function initSerializer(): void
    {
        if (!empty($this->defaultSerializer) && !is_object($this->serializer)) {
            $this->serializer = $this->serializerFactory->newInstance($this->defaultSerializer);
        }
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    protected function fire(string $eventName, $keys): void
    {
        $this->eventsManager?->fire($eventName, $this, $keys, false);
    }
}
