<?php

declare(strict_types=1);

namespace Workerman\Events;

/** The name of upstream's loop on ext-ev, which is not needed; see EngineLoop. Source: Workerman\Events\Ev 5.2.2. */
final class Ev implements EventInterface
{
    use EngineLoop;
}
