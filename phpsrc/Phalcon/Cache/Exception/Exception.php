<?php

declare(strict_types=1);

namespace Phalcon\Cache\Exception;

use Exception as BaseException;

/** What the factories of Phalcon\Cache throw. */
class Exception extends BaseException
{
}
