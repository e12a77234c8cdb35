<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

/** Parent of what Validation throws: mistakes of the application, never of its user. */
class Exception extends \Exception
{
}
