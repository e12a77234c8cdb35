<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Cli;

use Phalcon\Di\Injectable;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;

/** A task of a command line application: its actions are methods whose names end in Action. */
class Task extends Injectable implements TaskInterface, EventsAwareInterface
{
    protected $eventsManager = null;

    /** Calls onConstruct() where there is one; the container is not known yet. */
    final public function __construct()
    {
        if (method_exists($this, 'onConstruct')) {
            $this->onConstruct();
        }
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }
}
