<?php
// Manual: getting started, "simple example".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$ws_worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$ws_worker->count = 2;
$ws_worker->onConnect = function (TcpConnection $connection) {
    echo "new connection from ip " . $connection->getRemoteIp() . "\n";
};
$ws_worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello ' . $data);
};
$ws_worker->onClose = function (TcpConnection $connection) {
    echo "connection closed\n";
};

Worker::runAll();
