<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str\Exceptions;

use Phalcon\Support\Helper\Exception;

/** What Friendly is to replace is neither a string nor an array. */
class InvalidReplaceFormat extends Exception
{
}
