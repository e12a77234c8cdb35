<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Phalcon\Storage\SerializerFactory;
use Phalcon\Traits\Php\ApcuTrait;

/** Values in the memory of the apcu extension. */
class Apcu extends AbstractAdapter
{
    use ApcuTrait;

    protected $prefix = 'ph-apcu-';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    public function clear(): bool
    {
        $items = static::phpApcuIterator($this->pattern());
        if (!is_object($items)) {
            return false;
        }
        $all = true;
        foreach ($items as $item) {
            $all = static::phpApcuDelete($item['key']) === true && $all;
        }

        return $all;
    }

    public function getKeys(string $prefix = ''): array
    {
        $items = static::phpApcuIterator($this->pattern($prefix));
        $keys = [];
        foreach (is_object($items) ? $items : [] as $item) {
            $keys[] = $item['key'];
        }

        return $keys;
    }

    public function setForever(string $key, $value): bool
    {
        return static::phpApcuStore($this->getPrefixedKey($key), $this->getSerializedData($value)) === true;
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return static::phpApcuDec($this->getPrefixedKey($key), $value);
    }

    protected function doDelete(string $key): bool
    {
        return (bool) static::phpApcuDelete($this->getPrefixedKey($key));
    }

    protected function doDeleteMultiple(array $keys): bool
    {
        return static::phpApcuDelete(array_map($this->getPrefixedKey(...), $keys)) === [];
    }

    protected function doGetData(string $key)
    {
        return static::phpApcuFetch($this->getPrefixedKey($key));
    }

    protected function doHas(string $key): bool
    {
        return static::phpApcuExists($this->getPrefixedKey($key)) === true;
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return static::phpApcuInc($this->getPrefixedKey($key), $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        if (is_int($ttl) && $ttl < 1) {
            return $this->delete($key);
        }
        $data = $this->getSerializedData($value);

        return static::phpApcuStore($this->getPrefixedKey($key), $data, $this->getTtl($ttl)) === true;
    }

    private function pattern(string $prefix = ''): string
    {
        return '/^' . preg_quote($this->prefix . $prefix, '/') . '/';
    }
}
