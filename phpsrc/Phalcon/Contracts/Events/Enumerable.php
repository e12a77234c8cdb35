<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

/** A manager that can show its listeners. */
interface Enumerable
{
    public function getListenerMap(): array;
}
