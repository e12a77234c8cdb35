<?php
// Manual: getting started, "simple example".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$http_worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$http_worker->count = 2;
$http_worker->onMessage = function (TcpConnection $connection, Request $request) {
    $connection->send('hello world');
};

Worker::runAll();
