<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** The function of a rule needs parameters that were not given. */
class MissingFunctionParameters extends Exception
{
}
