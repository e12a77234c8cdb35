<?php

declare(strict_types=1);

namespace Phalcon\Dispatcher;

use Exception as BaseException;

/** What dispatchers throw; the code says why. */
class Exception extends BaseException
{
    public const EXCEPTION_ACTION_NOT_FOUND = 5;
    public const EXCEPTION_CYCLIC_ROUTING = 1;
    public const EXCEPTION_HANDLER_NOT_FOUND = 2;
    public const EXCEPTION_INVALID_HANDLER = 3;
    public const EXCEPTION_INVALID_PARAMS = 4;
    public const EXCEPTION_NO_DI = 0;
}
