<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Exceptions;

use Phalcon\Http\Request\Exception;

/** A filter is named that the filter service does not have. */
class SanitizerNotFound extends Exception
{
    public function __construct(string $sanitizer)
    {
        parent::__construct("Sanitizer '$sanitizer' does not exist in the filter locator");
    }
}
