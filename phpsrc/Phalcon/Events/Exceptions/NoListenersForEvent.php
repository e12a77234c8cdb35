<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** A strict manager fired an event that nobody listens to. */
class NoListenersForEvent extends Exception
{
    public function __construct(string $eventType)
    {
        parent::__construct("No listeners attached for event $eventType");
    }
}
