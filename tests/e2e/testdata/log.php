<?php

declare(strict_types=1);

// Workers that log.

use Phalanx\Log;
use Phalanx\Log\Format;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$log = new Log(
    __DIR__ . '/app.log',
    channel: 'web',
    format: Format::Json,
    rotateBytes: 100_000,
    compress: true,
);

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($log): void {
    $n = (int) $request->get('n', 0);
    $times = (int) $request->get('times', 1);
    for ($i = 0; $i < $times; $i++) {
        $log->info('record {n}', ['n' => $n + $i]);
    }
    match ($request->path()) {
        '/exit' => exit(0),
        '/fatal' => str_repeat('x', PHP_INT_MAX),
        default => null,
    };
    $connection->send('logged');
};

Worker::runAll();
