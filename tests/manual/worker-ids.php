<?php
// Manual: Worker, "workerid", "count", "name"; several workers in one script ("runAll").
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker1 = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker1->count = 3;
$worker1->name = 'first';
$worker1->onWorkerStart = function ($worker1) {
    echo "worker1->id={$worker1->id}\n";
};
$worker1->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello http');
};

$worker2 = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$worker2->count = 2;
$worker2->name = 'second';
$worker2->onWorkerStart = function ($worker2) {
    echo "worker2->id={$worker2->id} of " . count(Worker::getAllWorkers()) . "\n";
};
$worker2->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello websocket');
};

Worker::runAll();
