<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\CoroutineLoop;

/** The name of upstream's loop on ext-swoole, which is not needed: as Fiber. Source: Workerman\Events\Swoole 5.2.2. */
final class Swoole implements EventInterface, CoroutineLoop
{
    use CoroutineEngineLoop;

    public function __construct()
    {
    }
}
