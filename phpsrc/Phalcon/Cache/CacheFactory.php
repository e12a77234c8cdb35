<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cache;

use Phalcon\Cache\Exception\Exception;
use Phalcon\Factory\AbstractConfigFactory;

/** Makes caches with their adapters. */
class CacheFactory extends AbstractConfigFactory
{
    protected $adapterFactory = null;

    public function __construct(AdapterFactory $factory)
    {
        $this->adapterFactory = $factory;
    }

    /** What the configuration says: adapter, a name the adapter factory knows, and its options. */
    public function load($config): CacheInterface
    {
        $config = $this->checkConfigElement($this->checkConfig($config), 'adapter');

        return $this->newInstance($config['adapter'], $config['options'] ?? []);
    }

    public function newInstance(string $name, array $options = []): CacheInterface
    {
        return new Cache($this->adapterFactory->newInstance($name, $options));
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }
}
