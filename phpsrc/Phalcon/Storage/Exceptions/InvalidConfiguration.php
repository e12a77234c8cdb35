<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** An option is missing, or the client refuses it. */
class InvalidConfiguration extends Exception
{
}
