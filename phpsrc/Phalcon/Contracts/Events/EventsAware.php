<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

use Phalcon\Events\ManagerInterface;

/** An object that tells an events manager what it does. */
interface EventsAware
{
    public function getEventsManager(): ?ManagerInterface;

    public function setEventsManager(ManagerInterface $eventsManager): void;
}
