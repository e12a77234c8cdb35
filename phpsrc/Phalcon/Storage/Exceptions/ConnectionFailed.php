<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** The server does not answer. */
class ConnectionFailed extends Exception
{
}
