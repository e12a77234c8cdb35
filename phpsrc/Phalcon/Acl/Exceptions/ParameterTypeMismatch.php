<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A parameter is of another class than the function of the rule wants. */
class ParameterTypeMismatch extends Exception
{
}
