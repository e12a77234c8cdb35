<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** What PHP has, asked through methods that a subclass can replace. */
trait InfoTrait
{
    protected static function phpExtensionLoaded(string $name): bool
    {
        return extension_loaded($name);
    }

    protected static function phpFunctionExists(string $functionName): bool
    {
        return function_exists($functionName);
    }
}
