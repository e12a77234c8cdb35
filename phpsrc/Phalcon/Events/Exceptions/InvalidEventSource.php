<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** An event's source is no object. */
class InvalidEventSource extends Exception
{
    public function __construct(string $type, string $sourceType)
    {
        parent::__construct("The source of $type event must be an object, got $sourceType");
    }
}
