<?php

declare(strict_types=1);

namespace Phalcon\Events;

use Phalcon\Contracts\Events\Stoppable;
use Phalcon\Events\Exceptions\EventNotCancelable;
use Phalcon\Events\Exceptions\InvalidEventSource;

/** Something that happened: its name, who fired it, and what goes with it. */
class Event implements Stoppable, EventInterface
{
    protected $cancelable = null;
    protected $data = null;
    protected $source = null;
    protected $stopped = false;
    protected $type = null;

    public function __construct(string $type, $source = null, $data = null, bool $cancelable = true)
    {
        if ($source !== null && !is_object($source)) {
            throw new InvalidEventSource($type, gettype($source));
        }
        $this->type = $type;
        $this->source = $source;
        $this->data = $data;
        $this->cancelable = $cancelable;
    }

    public function getData()
    {
        return $this->data;
    }

    public function getSource(): ?object
    {
        return $this->source;
    }

    public function getType(): string
    {
        return $this->type;
    }

    public function isCancelable(): bool
    {
        return $this->cancelable;
    }

    public function isPropagationStopped(): bool
    {
        return $this->stopped;
    }

    public function isStopped(): bool
    {
        return $this->stopped;
    }

    public function setData($data = null): EventInterface
    {
        $this->data = $data;

        return $this;
    }

    public function setType(string $type): EventInterface
    {
        $this->type = $type;

        return $this;
    }

    /** Keeps the event from the listeners that have not had it yet. */
    public function stop(): EventInterface
    {
        if (!$this->cancelable) {
            throw new EventNotCancelable();
        }
        $this->stopped = true;

        return $this;
    }
}
