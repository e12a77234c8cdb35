<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

/** Something that happened, as listeners see it. */
interface Event
{
    public function getData();

    public function getType();

    public function isCancelable(): bool;

    public function isStopped(): bool;

    public function setData($data = null): Event;

    public function setType(string $type): Event;

    public function stop(): Event;
}
