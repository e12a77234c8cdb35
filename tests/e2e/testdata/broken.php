<?php

// Fails whenever it runs in a slot.

use Workerman\Worker;

if (phalanx_role() === 'slot') {
    file_put_contents(__DIR__ . '/starts', '.', FILE_APPEND);
    require __DIR__ . '/' . getenv('FAILURE') . '.inc';
}
$worker = new Worker('text://127.0.0.1:' . getenv('PORT1'));
$worker->count = 2;
Worker::runAll();
