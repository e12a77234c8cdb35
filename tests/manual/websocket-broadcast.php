<?php
// Manual: FAQ, "how to broadcast"; TcpConnection, "worker".
use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$worker->count = 1;
$worker->onWorkerStart = function ($worker) {
    Timer::add(0.05, function () use ($worker) {
        foreach ($worker->connections as $connection) {
            $connection->send(time());
        }
    });
};
$worker->onMessage = function (TcpConnection $connection, $message) {
    foreach ($connection->worker->connections as $con) {
        $con->send($message);
    }
};

Worker::runAll();
