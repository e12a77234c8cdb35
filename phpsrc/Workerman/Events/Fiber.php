<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\CoroutineLoop;
use Revolt\EventLoop\Driver;
use RuntimeException;

/** The engine's loop with callbacks in Fibers. Source: Workerman\Events\Fiber 5.2.2, which needs revolt/event-loop. */
final class Fiber implements EventInterface, CoroutineLoop
{
    use CoroutineEngineLoop;

    public function __construct()
    {
    }

    /**
     * @throws RuntimeException always: the engine's loop has no driver of Revolt's
     */
    public function driver(): Driver
    {
        throw new RuntimeException('Workerman\Events\Fiber runs on the engine\'s loop: there is no Revolt driver');
    }
}
