<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** What is stored is no access list, or one of another version. */
class InvalidSnapshot extends Exception
{
}
