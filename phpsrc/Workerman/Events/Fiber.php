<?php

declare(strict_types=1);

namespace Workerman\Events;

use Phalanx\Fiber\CoroutineLoop;
use Phalanx\Fiber\RevoltDriver;
use Revolt\EventLoop;
use Revolt\EventLoop\Driver;
use RuntimeException;

/**
 * The engine's loop with callbacks in Fibers. Where the application brings revolt/event-loop, which upstream needs,
 * Revolt's loop runs on the engine's. Source: Workerman\Events\Fiber 5.2.2.
 */
final class Fiber implements EventInterface, CoroutineLoop
{
    use CoroutineEngineLoop {
        run as private runEngine;
        stop as private stopEngine;
        deleteAllTimer as private deleteEngineTimers;
        getTimerCount as private engineTimerCount;
        setErrorHandler as private setEngineErrorHandler;
    }

    private ?RevoltDriver $driver = null;

    public function __construct()
    {
        if (\class_exists(EventLoop::class)) {
            $this->driver = new RevoltDriver();
            EventLoop::setDriver($this->driver);
        }
    }

    /**
     * Revolt's driver.
     *
     * @throws RuntimeException without revolt/event-loop, which the loop itself does not need
     */
    public function driver(): Driver
    {
        return $this->driver ?? throw new RuntimeException('revolt/event-loop is not installed: there is no driver');
    }

    /**
     * {@inheritdoc}
     */
    public function run(): void
    {
        $this->driver ? $this->driver->run() : $this->runEngine();
    }

    /**
     * {@inheritdoc}
     */
    public function stop(): void
    {
        $this->stopEngine();
        $this->driver?->end();
    }

    /**
     * {@inheritdoc}
     */
    public function deleteAllTimer(): void
    {
        $this->deleteEngineTimers();
        $this->driver?->timersDeleted();
    }

    /**
     * {@inheritdoc}
     */
    public function getTimerCount(): int
    {
        return $this->engineTimerCount() - ($this->driver?->timerCount() ?? 0);
    }

    /**
     * {@inheritdoc}
     */
    public function setErrorHandler(callable $errorHandler): void
    {
        $this->setEngineErrorHandler($errorHandler);
        $this->driver?->setErrorHandler($errorHandler(...));
    }
}
