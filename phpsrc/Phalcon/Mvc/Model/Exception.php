<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model;

use Exception as BaseException;

/** What models and their parts throw. */
class Exception extends BaseException
{
}
