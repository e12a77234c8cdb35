<?php

declare(strict_types=1);

namespace Phalcon\Factory;

use Exception as BaseException;
use Phalcon\Config\ConfigInterface;

/** What factories that are told what to make by a configuration have in common. */
abstract class AbstractConfigFactory
{
    /** The configuration as an array; anything but an array or a Config is refused. */
    protected function checkConfig($config): array
    {
        if ($config instanceof ConfigInterface) {
            $config = $config->toArray();
        }
        if (!is_array($config)) {
            throw $this->getException('Config must be array or Phalcon\Config\Config object');
        }

        return $config;
    }

    /** The configuration, once it is sure to have this element. */
    protected function checkConfigElement(array $config, string $element): array
    {
        if (!isset($config[$element])) {
            throw $this->getException("You must provide the '$element' option in the factory config parameter.");
        }

        return $config;
    }

    protected function getException(string $message): BaseException
    {
        $class = $this->getExceptionClass();

        return new $class($message);
    }

    /** The class that getException() makes; each factory has its own. */
    protected function getExceptionClass(): string
    {
        return BaseException::class;
    }
}
