<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Application;

use Closure;
use Phalcon\Di\DiInterface;

/** How applications of the web and of the command line start a module; for subclasses of AbstractApplication. */
trait ModuleLoading
{
    /**
     * Starts the module: the object of its class, after it has registered what it needs, or what its closure answers.
     *
     * @param class-string<Exception> $invalid thrown for a module that is neither array nor closure
     * @param class-string<Exception> $missing thrown when the file of its class is not there
     */
    private function loadModule(string $name, DiInterface $container, string $invalid, string $missing): mixed
    {
        $module = $this->getModule($name);
        if ($module instanceof Closure) {
            return $module($container);
        }
        if (!is_array($module)) {
            throw new $invalid($name, is_object($module)
                ? 'The module definition object must be a Closure'
                : 'The module definition must be an array or an object');
        }
        $class = $module['className'] ?? 'Module';
        $path = $module['path'] ?? null;
        if ($path !== null) {
            if (!$this->phpFileExists($path)) {
                throw new $missing($path);
            }
            if (!class_exists($class, false)) {
                require_once $path;
            }
        }
        $object = $container->get($class);
        $object->registerAutoloaders($container);
        $object->registerServices($container);

        return $object;
    }
}
