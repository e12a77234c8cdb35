<?php

declare(strict_types=1);

// A server that is watched.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    match ($request->path()) {
        '/sleep' => usleep(1_500_000),
        '/exit' => exit(3),
        default => null,
    };
    $connection->send('hello');
};
$jobs = new Worker();
$jobs->name = 'jobs';

Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT2');
Worker::$stuckTimeout = 0.3;
Worker::$drainDelay = 1.0;
Worker::runAll();
