<?php

declare(strict_types=1);

namespace Phalcon\Session\Adapter\Exceptions;

use Phalcon\Session\Exception;

/** The store cannot do what it was asked for. */
class AdapterRuntimeError extends Exception
{
}
