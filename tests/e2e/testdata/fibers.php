<?php

declare(strict_types=1);

// Fibers, 20 deep, each of which calls into the engine while PHP's garbage collector and Go's run.

use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

const CALLS = 60_000;
const DEPTH = 20;

/** A cycle with a destructor that calls the engine too. */
final class Cycle
{
    public self $self;

    public static int $collected = 0;

    public function __construct(public string $payload)
    {
        $this->self = $this;
    }

    public function __destruct()
    {
        self::$collected += phalanx_timer_count() >= 0 ? 1 : 0;
    }
}

final class Load
{
    public int $calls = 0;

    public int $fired = 0;

    public int $echoed = 0;

    public function __construct(public TcpConnection $connection, public int $id)
    {
    }

    public function step(): void
    {
        switch (++$this->calls % 5) {
            case 0:
                Timer::del(Timer::add(1000, fn () => $this->calls++));
                break;
            case 1:
                Timer::add(0.001, fn () => $this->fired++, [], false);
                break;
            case 2:
                $this->connection->send(str_repeat('x', $this->calls % 100));
                break;
            case 3:
                phalanx_loop_stats();
                $this->connection->getRemoteAddress();
                break;
            case 4:
                new Cycle(str_repeat('y', $this->calls % 1000));
                break;
        }
        if ($this->calls % 100 === 0) {
            gc_collect_cycles();
        }
    }

    /** Suspends on its way down and on its way back, so that stacks are switched in mid-nest. */
    public function nest(int $depth): int
    {
        $this->step();
        if ($depth === 1) {
            Fiber::suspend();
            $this->step();
            return 1;
        }
        $inner = new Fiber(fn (): int => $this->nest($depth - 1));
        $inner->start();
        Fiber::suspend();
        $this->step();
        while (!$inner->isTerminated()) {
            $inner->resume();
        }
        return 1 + $inner->getReturn();
    }

    public function round(): void
    {
        $fiber = new Fiber(fn (): int => $this->nest(DEPTH));
        $fiber->start();
        while (!$fiber->isTerminated()) {
            $fiber->resume();
        }
        if ($fiber->getReturn() !== DEPTH) {
            throw new LogicException('depth ' . $fiber->getReturn());
        }
        if ($this->calls < CALLS) {
            Timer::add(0.000001, $this->round(...), [], false);
            return;
        }
        Timer::add(0.05, function (): void {
            gc_collect_cycles();
            $cycles = Cycle::$collected;
            $this->connection->send("\n$this->calls calls, $this->fired timers, $cycles cycles\n");
        }, [], false);
    }
}

$worker = new Worker('tcp://127.0.0.1:' . getenv('PORT1'));
$worker->count = 4;
$worker->reusePort = true; // clients come to every slot
$worker->onMessage = static function (TcpConnection $connection, string $data) use ($worker): void {
    if (isset($connection->context->load)) {
        return;
    }
    $connection->send("slot $worker->id\n");
    if (str_contains($data, 'go')) {
        $connection->maxSendBufferSize = 64 << 20;
        $connection->context->load = new Load($connection, $worker->id);
        Timer::add(0.001, $connection->context->load->round(...), [], false);
    }
};
Worker::runAll();
