<?php

// Revolt's loop on the worker's: what libraries use that wait by suspensions.

use Revolt\EventLoop;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

Worker::$eventLoopClass = Fiber::class;
$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->onWorkerStart = static function (): void {
    echo Worker::$globalEvent->driver() === EventLoop::getDriver() ? "one driver\n" : "two drivers\n";
    EventLoop::defer(static function (): void {
        echo "deferred\n";
    });
    EventLoop::queue(static fn () => print("queued\n"));
    $times = 0;
    EventLoop::repeat(0.001, static function (string $id) use (&$times): void {
        if (++$times === 3) {
            echo "three times\n";
            EventLoop::cancel($id);
        }
    });
    $suspension = EventLoop::getSuspension();
    EventLoop::delay(0.02, static fn () => $suspension->resume('resumed')); // resume() answers nothing
    echo $suspension->suspend(), "\n";
    Timer::sleep(0.001);
    echo "slept\n";
    [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    EventLoop::onReadable($a, static function (string $id, $stream): void {
        echo fread($stream, 100), "\n";
        EventLoop::cancel($id);
        fclose($stream);
    });
    EventLoop::onWritable($b, static function (string $id, $stream): void {
        fwrite($stream, 'through a stream');
        EventLoop::cancel($id);
    });
    Timer::add(60, static fn () => null);
    EventLoop::delay(0.01, static function (): void {
        echo 'timers of Workerman: ', Worker::$globalEvent->getTimerCount(), "\n";
        Timer::delAll(); // not Revolt's
        $suspension = EventLoop::getSuspension();
        EventLoop::delay(0.001, static fn () => $suspension->resume());
        $suspension->suspend();
        echo "waited in a callback\n";
    });
};
$worker->onMessage = static function (TcpConnection $connection, string $line): void {
    if ($line === 'throw') {
        EventLoop::queue(static fn () => throw new Exception('of a callback'));
        return;
    }
    $suspension = EventLoop::getSuspension();
    EventLoop::delay((float)$line, static fn () => $suspension->resume());
    $suspension->suspend();
    $connection->send("after $line");
};
Worker::runAll();
