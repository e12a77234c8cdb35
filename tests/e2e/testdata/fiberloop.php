<?php

declare(strict_types=1);

// Callbacks in Fibers that wait, fail and end the script, at once and after they have waited.

use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->eventLoop = Fiber::class;
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    if ($request->get('wait')) {
        Timer::sleep(0.001);
    }
    match ($request->path()) {
        '/exit' => exit(0),
        '/fatal' => trigger_error('over', E_USER_ERROR),
        '/throw' => throw new RuntimeException('thrown'),
        default => $connection->send('hello'),
    };
};

Worker::$onWorkerExit = static fn ($worker, $status) => print("worker exit $status\n");
Worker::runAll();
