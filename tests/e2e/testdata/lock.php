<?php

declare(strict_types=1);

// The supervisor's script has a lock until the first reload. Workers look whether somebody has it.

use Workerman\Worker;

$file = __DIR__ . '/locked';
$lock = null;
if (phalanx_role() !== 'slot') {
    $lock = fopen($file, 'c');
    flock($lock, LOCK_EX);
}

$worker = new Worker();
$worker->onWorkerStart = static function () use ($file): void {
    echo flock(fopen($file, 'c'), LOCK_EX | LOCK_NB) ? "the lock is free\n" : "somebody has the lock\n";
};
Worker::$onMasterReload = static function () use (&$lock): void {
    fclose($lock);
};
Worker::runAll();
