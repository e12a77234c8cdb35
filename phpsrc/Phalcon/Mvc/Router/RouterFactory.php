<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc\Router;

use Phalcon\Config\ConfigInterface;
use Phalcon\Mvc\Router;
use Phalcon\Mvc\Router\Exceptions\InvalidRouterFactoryConfig;
use Phalcon\Mvc\RouterInterface;

/** Makes routers from configuration. */
class RouterFactory
{
    /** @param array|ConfigInterface $config as Router::loadFromConfig() takes it; "defaultRoutes": true unless said */
    public function load($config): RouterInterface
    {
        if ($config instanceof ConfigInterface) {
            $config = $config->toArray();
        }
        if (!is_array($config)) {
            throw new InvalidRouterFactoryConfig();
        }
        $router = $this->newInstance((bool) ($config['defaultRoutes'] ?? true));
        $router->loadFromConfig($config);

        return $router;
    }

    public function newInstance(bool $defaultRoutes = true): RouterInterface
    {
        return new Router($defaultRoutes);
    }
}
