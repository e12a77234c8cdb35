<?php
// Manual: FAQ, "how to create a UDP service"; Worker, "transport".
use Workerman\Worker;

$udp_worker = new Worker('udp://127.0.0.1:' . getenv('PORT'));
$udp_worker->onMessage = function ($connection, $data) {
    $connection->send('get ' . $data . ' from ' . $connection->getRemoteIp());
};

$worker = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$worker->transport = 'udp';
$worker->onMessage = function ($connection, $data) {
    $connection->send("Hello $data");
};

Worker::runAll();
