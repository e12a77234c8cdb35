<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use ArithmeticError;
use Phalanx\Shared\Cache;
use Phalcon\Storage\Exceptions\InvalidConfiguration;
use Phalcon\Storage\SerializerFactory;
use TypeError;
use ValueError;

/**
 * Values in memory that all workers of the server process share (Phalanx\Shared\Cache). Not in the extension.
 *
 * Options: name of the cache ('phalcon'), maxBytes it may take, the same wherever it is opened (64 MiB): what is used
 * least makes room. Values are stored as they are, so the default serializer is 'none'. A key, with its prefix, has up
 * to 4,096 bytes. Counting is one step, also between workers, and begins at 0.
 */
class Shared extends AbstractAdapter
{
    protected $prefix = 'ph-shrd-';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $options['defaultSerializer'] ??= 'none';
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    /** Removes the values with this prefix. */
    public function clear(): bool
    {
        if ($this->prefix === '') {
            $this->getAdapter()->clear();
        } else {
            $this->getAdapter()->deleteMultiple($this->getKeys());
        }

        return true;
    }

    /** @throws InvalidConfiguration outside of the phalanx program */
    public function getAdapter()
    {
        return $this->adapter ??= $this->open();
    }

    public function getKeys(string $prefix = ''): array
    {
        return iterator_to_array($this->getAdapter()->keys(prefix: $this->prefix . $prefix), false);
    }

    public function setForever(string $key, $value): bool
    {
        return $this->store($this->getKeyWithoutPrefix($key), $value, INF);
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, -$value);
    }

    protected function doDelete(string $key): bool
    {
        return $this->getAdapter()->delete($this->getPrefixedKey($key));
    }

    protected function doGet(string $key, $defaultValue = null)
    {
        $value = $this->doGetData($key);

        return $value === null && !$this->doHas($key)
            ? $defaultValue
            : $this->getUnserializedData($value, $defaultValue);
    }

    protected function doGetData(string $key)
    {
        return $this->getAdapter()->get($this->getPrefixedKey($key));
    }

    protected function doHas(string $key): bool
    {
        return $this->getAdapter()->has($this->getPrefixedKey($key));
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        return is_int($ttl) && $ttl < 1 ? $this->delete($key) : $this->store($key, $value, $this->getTtl($ttl));
    }

    private function open(): Cache
    {
        if (!class_exists(Cache::class)) {
            throw new InvalidConfiguration("The adapter 'shared' needs the phalanx program");
        }
        $name = (string) static::getArrVal($this->options, 'name', 'phalcon');
        $maxBytes = (int) static::getArrVal($this->options, 'maxBytes', 0);

        return $maxBytes === 0 ? new Cache($name) : new Cache($name, maxBytes: $maxBytes);
    }

    /** False for a key that is too long, or a value that is larger than the cache. */
    private function store(string $key, mixed $value, float $ttl): bool
    {
        $data = $this->getSerializedData($value);
        try {
            return $this->getAdapter()->set($this->getPrefixedKey($key), $data, $ttl);
        } catch (ValueError) {
            return false;
        }
    }

    /** False when what is there is no number, or the sum too large. */
    private function add(string $key, int $by): int|false
    {
        try {
            return $this->getAdapter()->increment($this->getPrefixedKey($key), $by, (float) $this->getTtl(null));
        } catch (TypeError | ArithmeticError | ValueError) {
            return false;
        }
    }
}
