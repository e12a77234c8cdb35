<?php

declare(strict_types=1);

// Loads, before the workers are defined, what a test may have broken.

use Workerman\Worker;

if (phalanx_role() === 'slot') {
    file_put_contents(__DIR__ . '/starts', '.', FILE_APPEND);
}
$version = phalanx_role() === 'slot' ? require __DIR__ . '/load.inc' : '';
$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->count = 3;
$web->onWorkerStart = static fn () => print("started $version\n");
$web->onMessage = static fn ($connection) => $connection->send($version);
Worker::runAll();
