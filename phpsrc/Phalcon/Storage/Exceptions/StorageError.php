<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** The storage cannot do what it was asked for. */
class StorageError extends Exception
{
}
