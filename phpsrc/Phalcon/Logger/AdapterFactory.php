<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Logger;

use Phalcon\Factory\AbstractFactory;
use Phalcon\Logger\Adapter\AdapterInterface;
use Phalcon\Logger\Adapter\Engine;
use Phalcon\Logger\Adapter\Noop;
use Phalcon\Logger\Adapter\Stream;
use Phalcon\Logger\Adapter\Syslog;

/** Makes adapters by name: engine, noop, stream, syslog. */
class AdapterFactory extends AbstractFactory
{
    public function __construct(array $services = [])
    {
        $this->init($services);
    }

    public function newInstance(string $name, string $fileName, array $options = []): AdapterInterface
    {
        return new ($this->getService($name))($fileName, $options);
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }

    protected function getServices(): array
    {
        return [
            'engine' => Engine::class,
            'noop' => Noop::class,
            'stream' => Stream::class,
            'syslog' => Syslog::class,
        ];
    }
}
