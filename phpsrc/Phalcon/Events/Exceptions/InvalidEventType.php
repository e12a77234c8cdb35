<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** An event's name has no colon between component and event. */
class InvalidEventType extends Exception
{
    public function __construct(string $eventType)
    {
        parent::__construct("Invalid event type $eventType");
    }
}
