<?php

declare(strict_types=1);

namespace Phalcon\Config;

use Phalcon\Config\Adapter\Grouped;
use Phalcon\Config\Adapter\Ini;
use Phalcon\Config\Adapter\Json;
use Phalcon\Config\Adapter\Php;
use Phalcon\Config\Adapter\Toml;
use Phalcon\Config\Adapter\Yaml;
use Phalcon\Config\Exceptions\ConfigNotArrayOrObject;
use Phalcon\Config\Exceptions\MissingConfigOption;
use Phalcon\Config\Exceptions\MissingFileExtension;
use Phalcon\Factory\AbstractFactory;

/** Loads configuration files, by their extension or by what an array or a Config says ("adapter", "filePath"). */
class ConfigFactory extends AbstractFactory
{
    public function __construct(array $services = [])
    {
        $this->init($services);
    }

    /** "mode" is for ini files as parse_ini_file() has it, "callbacks" for YAML tags. */
    public function load($config): ConfigInterface
    {
        $config = $this->parseConfig($config);
        $adapter = strtolower($config['adapter']);
        $file = $config['filePath'];
        if (pathinfo($file, PATHINFO_EXTENSION) === '') {
            $file .= ".$adapter";
        }
        $adapter = $this->getAdapterAliases()[$adapter] ?? $adapter;
        $extra = $this->getExtraArguments()[$adapter] ?? null;
        if (!isset($extra['option'])) {
            return $this->newInstance($adapter, $file);
        }

        return $this->newInstance($adapter, $file, $config[$extra['option']] ?? $extra['default']);
    }

    public function newInstance(string $name, string $fileName, $params = null): ConfigInterface
    {
        $class = $this->getService($name);
        $takesParams = $params !== null && isset($this->getExtraArguments()[$name]);

        return $takesParams ? new $class($fileName, $params) : new $class($fileName);
    }

    protected function getAdapterAliases(): array
    {
        return ['yml' => 'yaml'];
    }

    protected function getExceptionClass(): string
    {
        return Exception::class;
    }

    protected function getExtraArguments(): array
    {
        return [
            'grouped' => ['option' => null, 'default' => null],
            'ini' => ['option' => 'mode', 'default' => INI_SCANNER_RAW],
            'yaml' => ['option' => 'callbacks', 'default' => null],
        ];
    }

    protected function getServices(): array
    {
        return [
            'grouped' => Grouped::class,
            'ini' => Ini::class,
            'json' => Json::class,
            'php' => Php::class,
            'toml' => Toml::class,
            'yaml' => Yaml::class,
        ];
    }

    protected function parseConfig($config): array
    {
        if (is_string($config)) {
            $extension = pathinfo($config, PATHINFO_EXTENSION);
            if ($extension === '') {
                throw new MissingFileExtension();
            }
            $config = ['adapter' => $extension, 'filePath' => $config];
        } elseif ($config instanceof ConfigInterface) {
            $config = $config->toArray();
        } elseif (!is_array($config)) {
            throw new ConfigNotArrayOrObject();
        }
        foreach (['filePath', 'adapter'] as $option) {
            if (!isset($config[$option])) {
                throw new MissingConfigOption($option);
            }
        }

        return $config;
    }
}
