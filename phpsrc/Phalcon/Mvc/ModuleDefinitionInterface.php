<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

use Phalcon\Di\DiInterface;

/** A module of an application: what it needs before its controllers run. */
interface ModuleDefinitionInterface
{
    public function registerAutoloaders(?DiInterface $container = null);

    public function registerServices(DiInterface $container);
}
