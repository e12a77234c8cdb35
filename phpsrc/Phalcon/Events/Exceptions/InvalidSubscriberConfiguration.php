<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** What a subscriber says of its listeners cannot be understood. */
class InvalidSubscriberConfiguration extends Exception
{
    public function __construct(string $eventName)
    {
        parent::__construct("Invalid event subscriber configuration for $eventName");
    }
}
