<?php
// Manual: FAQ, "heartbeat" and "close unauthenticated connections".
use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

define('HEARTBEAT_TIME', 0.2);

$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->onConnect = function (TcpConnection $connection) {
    $connection->auth_timer_id = Timer::add(0.3, function () use ($connection) {
        $connection->close('not logged in');
    }, null, false);
};
$worker->onMessage = function (TcpConnection $connection, $msg) {
    $connection->lastMessageTime = microtime(true);
    if ($msg === 'login') {
        Timer::del($connection->auth_timer_id);
        $connection->send('welcome');
    }
};
$worker->onWorkerStart = function ($worker) {
    Timer::add(0.05, function () use ($worker) {
        foreach ($worker->connections as $connection) {
            if (!empty($connection->lastMessageTime) && microtime(true) - $connection->lastMessageTime > HEARTBEAT_TIME) {
                $connection->close('no heartbeat');
            }
        }
    });
};

Worker::runAll();
