<?php
// Manual: TcpConnection, "pauseRecv" and "resumeRecv".
use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->onConnect = function (TcpConnection $connection) {
    $connection->messageCount = 0;
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send("$data");
    $limit = 2;
    if (++$connection->messageCount === $limit) {
        $connection->pauseRecv();
        Timer::add(0.2, function ($connection) {
            $connection->send('resumed');
            $connection->resumeRecv();
        }, array($connection), false);
    }
};

Worker::runAll();
