<?php

declare(strict_types=1);

namespace Phalcon\Events;

/** What objects have in common that tell an events manager what they do. */
abstract class AbstractEventsAware
{
    protected $eventsManager = null;

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    /** What the manager's listeners answered; true when there is no manager. */
    protected function fireManagerEvent(string $eventName, $data = null, bool $cancellable = true)
    {
        return $this->eventsManager === null
            ? true
            : $this->eventsManager->fire($eventName, $this, $data, $cancellable);
    }
}
