<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro;

use Exception as BaseException;

/** What Mvc\Micro and its parts throw. */
class Exception extends BaseException
{
}
