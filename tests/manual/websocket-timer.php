<?php
// Manual: Timer, "add" (a timer for each connection).
use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

$ws_worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$ws_worker->count = 2;
$ws_worker->onConnect = function (TcpConnection $connection) {
    $connect_time = time();
    $connection->timer_id = Timer::add(0.05, function ($connection, $connect_time) {
        $connection->send($connect_time);
    }, array($connection, $connect_time));
};
$ws_worker->onClose = function (TcpConnection $connection) {
    var_dump(Timer::del($connection->timer_id));
};

Worker::runAll();
