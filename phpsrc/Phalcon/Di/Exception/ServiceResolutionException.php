<?php

declare(strict_types=1);

namespace Phalcon\Di\Exception;

use Phalcon\Di\Exception;

/** A definition is of no kind that can be resolved. */
class ServiceResolutionException extends Exception
{
}
