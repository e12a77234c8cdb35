<?php

/*
 * Workers that do jobs: each writes its begin and its end to a file. Requests push jobs and ask for figures.
 */

declare(strict_types=1);

use Phalanx\Queue;
use Phalanx\Queue\Job;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

$folder = getenv('JOBS_FOLDER');
$worker = new Worker('http://127.0.0.1:' . getenv('JOBS_PORT'));
$worker->count = 2;
$worker->eventLoop = Workerman\Events\Fiber::class;
$queue = null;

$worker->onWorkerStart = static function (Worker $worker) use ($folder, &$queue): void {
    $queue = new Queue('jobs', ackWait: 0.5);
    $queue->consume(static function (Job $job) use ($folder): void {
        file_put_contents("$folder/log", "begin {$job->id} {$job->attempt}\n", FILE_APPEND | LOCK_EX);
        if ($job->payload === 'kill' && !is_file("$folder/pid")) { // its attempt may be 1 again: NATS 2.9 miscounts
            file_put_contents("$folder/pid", (string)getmypid());
            Timer::sleep(60);
        }
        if ($job->payload === 'fail') {
            throw new RuntimeException('as it was told');
        }
        Timer::sleep((float)$job->payload);
        file_put_contents("$folder/log", "end {$job->id}\n", FILE_APPEND | LOCK_EX);
    }, concurrency: 4, maxAttempts: 3, backoff: [0.01]);
    echo "consumes {$worker->id}\n";
};

$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$queue): void {
    if ($request->path() === '/push') {
        $id = $queue->push($request->get('data'), id: $request->get('id'));
        $connection->send($id ?? 'known');
        return;
    }
    $connection->send(json_encode($queue->stats()));
};

Worker::$pidFile = "$folder/app.pid";
Worker::$logFile = "$folder/app.log";
Worker::runAll();
