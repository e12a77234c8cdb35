<?php
// Manual: Worker, "stopAll"; FAQ, "max requests".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

define('MAX_REQUEST', 3);

$http_worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$http_worker->onWorkerStart = function ($worker) {
    echo "started {$worker->id}\n";
};
$http_worker->onWorkerStop = function ($worker) {
    echo "stopped {$worker->id}\n";
};
$http_worker->onMessage = function (TcpConnection $connection, $data) {
    static $request_count = 0;
    $connection->send('hello http ' . ++$request_count);
    if ($request_count >= MAX_REQUEST) {
        Worker::stopAll();
    }
};

Worker::runAll();
