<?php

declare(strict_types=1);

// A server that says nothing about where it is run.

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->onMessage = static function (TcpConnection $connection): void {
    $connection->send('hello');
};

Worker::runAll();
