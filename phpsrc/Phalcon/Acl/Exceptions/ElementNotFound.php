<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A role or component that is named is not there. */
class ElementNotFound extends Exception
{
}
