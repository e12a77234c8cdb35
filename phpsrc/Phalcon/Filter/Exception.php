<?php

declare(strict_types=1);

namespace Phalcon\Filter;

/** Parent of what Filter throws. */
class Exception extends \Exception
{
}
