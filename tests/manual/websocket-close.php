<?php
// Manual: TcpConnection, "close" and "destroy".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$worker->onMessage = function (TcpConnection $connection, $data) {
    if ($data === 'destroy') {
        $connection->destroy();
    } else {
        $connection->close("hello\n");
    }
    echo 'after close: ', $connection->getStatus(false), "\n";
};
$worker->onClose = function (TcpConnection $connection) {
    echo "closed, {$connection->getRemoteIp()} sent ", $connection->bytesRead > 0 ? 'something' : 'nothing', "\n";
};

Worker::runAll();
