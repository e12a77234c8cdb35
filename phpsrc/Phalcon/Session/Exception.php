<?php

declare(strict_types=1);

namespace Phalcon\Session;

use Exception as BaseException;

/** What Phalcon\Session throws. */
class Exception extends BaseException
{
}
