<?php

/**
 * The benchmark's application, with the public API only: one worker that answers every request with the same text.
 * It runs on Phalanx and, where BENCH_WORKERMAN names a checkout, on upstream Workerman.
 *
 * Environment: BENCH_PORT, the port on 127.0.0.1; BENCH_STATE, a folder for the pid and log files.
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$checkout = (string) getenv('BENCH_WORKERMAN');
if ($checkout !== '') {
    require __DIR__ . '/upstream.php';
}

$state = (string) getenv('BENCH_STATE');
Worker::$pidFile = "$state/hello.pid";
Worker::$logFile = "$state/hello.log";
if (property_exists(Worker::class, 'statusFile')) {
    Worker::$statusFile = "$state/hello.status";
}

$worker = new Worker('http://127.0.0.1:' . (int) getenv('BENCH_PORT'), ['socket' => ['backlog' => 4096]]);
$worker->name = 'hello';
$worker->count = 1;
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send('Hello, World!');
};

Worker::runAll();
