<?php

namespace app\process;

use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

/** A process of an own protocol, as webman starts them. */
class Lines
{
    private int $ticks = 0;

    public function __construct(private string $greeting)
    {
    }

    public function onWorkerStart(Worker $worker): void
    {
        Timer::add(0.01, fn () => ++$this->ticks);
        echo "lines started: $worker->name $worker->id\n";
    }

    public function onConnect(TcpConnection $connection): void
    {
        $connection->send($this->greeting);
    }

    public function onMessage(TcpConnection $connection, string $line): void
    {
        $connection->send($line === 'ticks' ? ($this->ticks > 0 ? 'some' : 'none') : strrev($line));
    }

    public function onWorkerStop(): void
    {
        echo "lines stopped\n";
    }
}
