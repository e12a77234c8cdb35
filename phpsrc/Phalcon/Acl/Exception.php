<?php

declare(strict_types=1);

namespace Phalcon\Acl;

/** Parent of what access lists throw. */
class Exception extends \Exception
{
}
