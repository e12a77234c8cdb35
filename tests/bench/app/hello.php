<?php

/**
 * One worker that answers every request with the same text, with the public API only. It runs on Phalanx and, where
 * BENCH_WORKERMAN names a checkout, on upstream Workerman.
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

require __DIR__ . '/common.php';

$worker = benchWorker('http');
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send('Hello, World!');
};

Worker::runAll();
