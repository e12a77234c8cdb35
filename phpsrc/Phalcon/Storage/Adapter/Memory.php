<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use Phalcon\Storage\SerializerFactory;

/** Values in this object; they last as long as it does, whatever their time to live. */
class Memory extends AbstractAdapter
{
    protected $data = [];
    protected $maxItems = 0;

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    public function clear(): bool
    {
        $this->data = [];

        return true;
    }

    public function getKeys(string $prefix = ''): array
    {
        return $this->getFilteredKeys(array_keys($this->data), $prefix);
    }

    public function getMaxItems(): int
    {
        return $this->maxItems;
    }

    /** How many values there may be, 0: any number. A further one takes the place of the oldest. */
    public function setMaxItems(int $maxItems): static
    {
        $this->maxItems = $maxItems;

        return $this;
    }

    public function setForever(string $key, $value): bool
    {
        return $this->set($key, $value);
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, -$value);
    }

    protected function doDelete(string $key): bool
    {
        $key = $this->getPrefixedKey($key);
        $exists = array_key_exists($key, $this->data);
        unset($this->data[$key]);

        return $exists;
    }

    protected function doGetData(string $key)
    {
        return $this->data[$this->getPrefixedKey($key)];
    }

    protected function doHas(string $key): bool
    {
        return array_key_exists($this->getPrefixedKey($key), $this->data);
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        if (is_int($ttl) && $ttl < 1) {
            return $this->delete($key);
        }
        $content = $this->getSerializedData($value);
        $key = $this->getPrefixedKey($key);
        if ($this->maxItems > 0 && count($this->data) >= $this->maxItems && !array_key_exists($key, $this->data)) {
            unset($this->data[array_key_first($this->data)]);
        }
        $this->data[$key] = $content;

        return true;
    }

    private function add(string $key, int $by): int|false
    {
        $key = $this->getPrefixedKey($key);

        return array_key_exists($key, $this->data) ? $this->data[$key] = (int) $this->data[$key] + $by : false;
    }
}
