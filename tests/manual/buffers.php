<?php
// Manual: Worker, "onBufferFull", "onBufferDrain", "onError"; TcpConnection, "maxSendBufferSize".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->onConnect = function (TcpConnection $connection) {
    $connection->maxSendBufferSize = 102400;
};
$worker->onBufferFull = function (TcpConnection $connection) {
    echo "bufferFull and do not send again\n";
};
$worker->onBufferDrain = function (TcpConnection $connection) {
    echo "buffer drain and continue send\n";
    $connection->send('drained');
};
$worker->onError = function (TcpConnection $connection, $code, $msg) {
    echo "error $code $msg\n";
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send(str_repeat('x', 16 << 20));
    $connection->more = true;
};

Worker::runAll();
