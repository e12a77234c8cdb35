<?php
// Manual: TcpConnection, "protocol"; Worker, "protocol".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('tcp://127.0.0.1:' . getenv('PORT'));
$worker->onConnect = function (TcpConnection $connection) {
    $connection->protocol = 'Workerman\\Protocols\\Http';
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello ' . $data->path());
};

$other = new Worker('tcp://127.0.0.1:' . getenv('PORT2'));
$other->protocol = 'Workerman\\Protocols\\Http';
$other->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('other ' . $data->path());
};

Worker::runAll();
