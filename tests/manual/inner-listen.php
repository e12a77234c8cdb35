<?php
// Manual: Worker, "listen" and "reusePort".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->count = 2;
$worker->onWorkerStart = function ($worker) {
    $inner_worker = new Worker('http://127.0.0.1:' . getenv('PORT2'));
    $inner_worker->reusePort = true;
    $inner_worker->onMessage = 'on_message';
    $inner_worker->listen();
};
$worker->onMessage = 'on_message';

function on_message(TcpConnection $connection, $data)
{
    $connection->send("hello\n");
}

Worker::runAll();
