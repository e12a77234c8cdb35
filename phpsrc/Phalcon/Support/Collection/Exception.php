<?php

declare(strict_types=1);

namespace Phalcon\Support\Collection;

use Phalcon\Support\Exception as SupportException;

/** Failures of collections. */
class Exception extends SupportException
{
}
