<?php

declare(strict_types=1);

namespace Phalcon\Http\Request;

use Exception as BaseException;

/** What requests throw. */
class Exception extends BaseException
{
}
