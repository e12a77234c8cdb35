<?php

/** A chat room: every message goes to all connections, in the way of Workerman's manual. */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

require __DIR__ . '/common.php';

$worker = benchWorker('websocket');
$worker->onMessage = static function (TcpConnection $connection, string $data) use ($worker): void {
    foreach ($worker->connections as $other) {
        $other->send($data);
    }
};

Worker::runAll();
