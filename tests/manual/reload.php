<?php
// Manual: Worker, "onWorkerReload", "reloadable"; master callbacks.
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$worker->reloadable = false;
$worker->onWorkerReload = function (Worker $worker) {
    foreach ($worker->connections as $connection) {
        $connection->send('worker reloading');
    }
};

$fresh = new Worker('http://127.0.0.1:' . getenv('PORT2'));
$fresh->onWorkerStart = function (Worker $worker) {
    $worker->generation = trim((string)@file_get_contents(__DIR__ . '/generation'));
};
$fresh->onMessage = function (TcpConnection $connection) {
    $connection->send('generation ' . $connection->worker->generation);
};

Worker::$onMasterReload = function () {
    echo "master reloads\n";
};
Worker::$onMasterStop = function () {
    echo "master stops\n";
};
Worker::$onWorkerExit = function ($worker, $status, $pid) {
    echo "worker {$worker->id} exited with $status\n";
};

Worker::runAll();
