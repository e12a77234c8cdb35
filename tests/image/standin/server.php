<?php

declare(strict_types=1);

// A Workerman server beside FrankenPHP's things.

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$web = new Worker('http://0.0.0.0:8080');
$web->onMessage = static function (TcpConnection $connection): void {
    $connection->send('Workerman ' . Worker::VERSION);
};
Worker::runAll();
