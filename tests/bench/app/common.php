<?php

/**
 * What the benchmark's applications share.
 *
 * Environment: BENCH_PORT, the port on 127.0.0.1; BENCH_STATE, a folder for the pid and log files; BENCH_WORKERMAN, a
 * checkout of Workerman to run on instead of Phalanx; BENCH_FIBERS, to run callbacks in Fibers.
 */

declare(strict_types=1);

use Workerman\Worker;

if ((string) getenv('BENCH_WORKERMAN') !== '') {
    require __DIR__ . '/upstream.php';
}

$state = (string) getenv('BENCH_STATE');
Worker::$pidFile = "$state/bench.pid";
Worker::$logFile = "$state/bench.log";
if (property_exists(Worker::class, 'statusFile')) {
    Worker::$statusFile = "$state/bench.status";
}

if (getenv('BENCH_FIBERS')) {
    Worker::$eventLoopClass = Workerman\Events\Fiber::class;
}

function benchWorker(string $scheme, array $context = []): Worker
{
    $address = "$scheme://127.0.0.1:" . (int) getenv('BENCH_PORT');
    $worker = new Worker($address, $context + ['socket' => ['backlog' => 4096]]);
    $worker->name = 'bench';
    $worker->count = 1;

    return $worker;
}
