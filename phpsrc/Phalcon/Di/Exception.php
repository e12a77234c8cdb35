<?php

declare(strict_types=1);

namespace Phalcon\Di;

use Exception as BaseException;

/** Failures of containers. */
class Exception extends BaseException
{
    public static function serviceCannotBeResolved(string $name): Exception
    {
        return new self("Service '$name' cannot be resolved");
    }

    public static function serviceNotFound(string $name): Exception
    {
        return new self("Service '$name' is not registered in the container");
    }

    public static function unknownServiceInParameter(int $position): Exception
    {
        return new self("Unknown service type in parameter on position $position");
    }

    public static function undefinedMethod(string $method): Exception
    {
        return new self("Call to undefined method or service '$method'");
    }
}
