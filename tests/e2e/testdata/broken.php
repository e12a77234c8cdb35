<?php

// Fails whenever it runs in a slot.

use Workerman\Worker;

if (phalanx_role() === 'slot' && getenv('FAILURE') !== 'success') {
    file_put_contents(__DIR__ . '/starts', '.', FILE_APPEND);
    require __DIR__ . '/' . getenv('FAILURE') . '.inc';
}
$worker = new Worker('text://127.0.0.1:' . getenv('PORT1'));
$worker->count = 2;
$worker->onWorkerStart = static function (): void {
    file_put_contents(__DIR__ . '/starts', '.', FILE_APPEND);
    exit(0);
};
Worker::runAll();
