<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Logger;

use DateTimeZone;
use Phalcon\Factory\AbstractConfigFactory;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/** Makes loggers, also of a configuration. */
class LoggerFactory extends AbstractConfigFactory
{
    use GetTrait;

    private AdapterFactory $adapterFactory;

    public function __construct(AdapterFactory $factory)
    {
        $this->adapterFactory = $factory;
    }

    /** Takes name, timezone, and options.adapters: by name, each with adapter, name (of the file) and options. */
    public function load($config): Logger
    {
        $config = $this->checkConfigElement($this->checkConfig($config), 'name');
        $options = $this->getArrVal($config, 'options', []);
        $adapters = [];
        foreach ($this->getArrVal($options, 'adapters', []) as $name => $adapter) {
            $adapters[$name] = $this->adapterFactory->newInstance(
                $this->getArrVal($adapter, 'adapter'),
                $this->getArrVal($adapter, 'name'),
                $this->getArrVal($adapter, 'options', [])
            );
        }

        return $this->newInstance($config['name'], $adapters, $this->getArrVal($config, 'timezone'));
    }

    public function newInstance(string $name, array $adapters = [], ?DateTimeZone $timezone = null): Logger
    {
        return new Logger($name, $adapters, $timezone);
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }
}
