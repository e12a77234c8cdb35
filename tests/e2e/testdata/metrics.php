<?php

declare(strict_types=1);

// Workers that count.

use Phalanx\Metrics;
use Phalanx\Metrics\Merge;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$jobs = Metrics::counter('app_jobs_total', 'Jobs done.', ['kind']);
$open = Metrics::gauge('app_open', 'Open things.');
$largest = Metrics::gauge('app_largest', merge: Merge::Max);
$seconds = Metrics::histogram('app_seconds', 'How long jobs take.', buckets: [0.5, 10.0]);

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->reusePort = true;
$web->onWorkerStart = static function (Worker $worker) use ($open, $largest): void {
    $open->set(3);
    $largest->set($worker->id + 1);
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($jobs, $seconds): void {
    if ($request->path() === '/die') {
        posix_kill(posix_getpid(), SIGKILL);
    }
    $seconds->time(static fn () => $jobs->with(['kind' => $request->get('kind', 'none')])->inc());
    $connection->send((string) posix_getpid());
};

Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT2');
Worker::runAll();
