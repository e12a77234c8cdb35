<?php

/** Sends every message back to who sent it. */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

require __DIR__ . '/common.php';

$worker = benchWorker('websocket');
$worker->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->send($data);
};

Worker::runAll();
