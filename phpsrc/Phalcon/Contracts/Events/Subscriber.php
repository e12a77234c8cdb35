<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

/** An object that names the events it listens to. */
interface Subscriber
{
    public static function getSubscribedEvents(): array;
}
