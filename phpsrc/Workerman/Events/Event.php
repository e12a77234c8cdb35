<?php

declare(strict_types=1);

namespace Workerman\Events;

/** The name of upstream's loop on ext-event, which is not needed; see EngineLoop. Source: Workerman\Events\Event 5.2.2. */
final class Event implements EventInterface
{
    use EngineLoop;

    public function __construct()
    {
    }
}
