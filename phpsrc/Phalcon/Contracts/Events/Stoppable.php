<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

/** An event that listeners can keep from the ones after them. */
interface Stoppable
{
    public function isPropagationStopped(): bool;
}
