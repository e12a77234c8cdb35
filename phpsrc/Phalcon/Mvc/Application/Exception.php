<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Application;

use Phalcon\Application\Exception as ApplicationException;

/** What Mvc\Application throws. */
class Exception extends ApplicationException
{
}
