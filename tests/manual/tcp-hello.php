<?php
// Manual: getting started, "simple example"; TcpConnection, "id".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$tcp_worker = new Worker('tcp://127.0.0.1:' . getenv('PORT'));
$tcp_worker->count = 2;
$tcp_worker->onConnect = function (TcpConnection $connection) {
    echo "connection {$connection->id} from {$connection->getRemoteAddress()}\n";
};
$tcp_worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send('hello ' . $data);
};

Worker::runAll();
