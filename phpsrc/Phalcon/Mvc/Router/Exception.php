<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router;

use Exception as BaseException;

/** What routers throw. */
class Exception extends BaseException
{
}
