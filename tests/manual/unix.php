<?php
// Manual: Worker, "construct" (unix socket).
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('unix://' . __DIR__ . '/my.sock');
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello ' . $data);
};

Worker::runAll();
