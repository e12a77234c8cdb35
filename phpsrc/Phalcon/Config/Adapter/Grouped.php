<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalcon\Config\Config;
use Phalcon\Config\ConfigFactory;
use Phalcon\Config\ConfigInterface;
use Phalcon\Config\Exceptions\GroupedAdapterRequiresArray;

/** Several configurations, each merged over those before it: files, arrays as ConfigFactory::load() takes them, or Configs. */
class Grouped extends Config
{
    public function __construct(array $arrayConfig, string $defaultAdapter = 'php', ?ConfigFactory $factory = null)
    {
        parent::__construct([]);
        $factory ??= new ConfigFactory();
        foreach ($arrayConfig as $entry) {
            if (is_string($entry) && $defaultAdapter !== '') {
                $entry = ['filePath' => $entry, 'adapter' => $defaultAdapter];
            }
            if (is_array($entry)) {
                $entry['adapter'] ??= $defaultAdapter;
            }
            $this->merge(match (true) {
                $entry instanceof ConfigInterface => $entry,
                is_array($entry) && $entry['adapter'] === 'array'
                    => new Config($entry['config'] ?? throw new GroupedAdapterRequiresArray(), $this->insensitive),
                default => $factory->load($entry),
            });
        }
    }
}
