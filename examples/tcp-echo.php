<?php

/*
 * Sends every byte back.
 *
 *     phalanx examples/tcp-echo.php start
 *     nc 127.0.0.1 8080
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('tcp://127.0.0.1:' . (getenv('PORT') ?: 8080));

$worker->onConnect = static function (TcpConnection $connection): void {
    echo 'connected: ', $connection->getRemoteAddress(), "\n";
};
// TCP has no messages: $data is whatever has arrived, perhaps half of what the peer wrote.
$worker->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->send($data);
};
$worker->onClose = static function (TcpConnection $connection): void {
    echo 'closed: ', $connection->getRemoteAddress(), "\n";
};

Worker::runAll();
