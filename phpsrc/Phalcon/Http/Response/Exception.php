<?php

declare(strict_types=1);

namespace Phalcon\Http\Response;

use Exception as BaseException;

/** What responses throw. */
class Exception extends BaseException
{
}
