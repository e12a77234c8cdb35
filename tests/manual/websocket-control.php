<?php
// Not in the manual: upstream's callbacks for control frames.
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$plain = new Worker('websocket://127.0.0.1:' . getenv('PORT'));

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$worker->onWebSocketPing = function (TcpConnection $connection, $data) {
    $connection->send(strtoupper($data));
};
$worker->onWebSocketPong = function (TcpConnection $connection, $data) {
    echo "pong with $data\n";
};
$worker->onWebSocketClose = function (TcpConnection $connection) {
    echo "close frame\n";
};
$worker->onClose = function (TcpConnection $connection) {
    echo "closed\n";
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send($data);
};

Worker::runAll();
