<?php

declare(strict_types=1);

// Answers the version that version.php had when the slot started.

use Workerman\Worker;

$version = 'none';
$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->count = 2;
$worker->onWorkerStart = static function () use (&$version): void {
    $version = require __DIR__ . '/version.php';
    print("started $version\n");
};
$worker->onMessage = static function ($connection) use (&$version): void {
    $connection->send($version);
};
Worker::runAll();
