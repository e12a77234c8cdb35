<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie;

use Exception as BaseException;

/** What cookies throw. */
class Exception extends BaseException
{
}
