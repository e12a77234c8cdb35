<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use Phalcon\Di\Injectable;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;

/** A controller: its actions are methods whose names end in Action, services are its properties. */
abstract class Controller extends Injectable implements EventsAwareInterface, ControllerInterface
{
    /** Calls onConstruct() where there is one; the container is not known yet. */
    final public function __construct()
    {
        if (method_exists($this, 'onConstruct')) {
            $this->onConstruct();
        }
    }

    /** The manager that was set, else the container's. */
    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    /** What the listeners answered; true when there is nobody to tell. */
    protected function fireManagerEvent(string $eventName, $data = null, bool $cancellable = true)
    {
        $eventsManager = $this->eventsManager;

        return $eventsManager === null ? true : $eventsManager->fire($eventName, $this, $data, $cancellable);
    }
}
