<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\CoroutineLoop;

/** The name of upstream's loop on ext-swow, which is not needed: as Fiber. Source: Workerman\Events\Swow 5.2.2. */
final class Swow implements EventInterface, CoroutineLoop
{
    use CoroutineEngineLoop;
}
