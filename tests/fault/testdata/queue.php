<?php

declare(strict_types=1);

// Jobs on a disk that fills up, for queue_test.go. What cannot be stored is an exception.

use Phalanx\Queue;
use Phalanx\Queue\Job;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$disk = getenv('DISK');
$queue = null;
$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->eventLoop = Workerman\Events\Fiber::class;
$web->onWorkerStart = static function () use (&$queue): void {
    $queue = new Queue('jobs', ackWait: 1.0);
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use (&$queue): void {
    try {
        $connection->send(match ($request->path()) {
            '/push' => $queue->push(str_repeat('x', (int)$request->get('size', 100)), id: $request->get('id')) ?? 'known',
            '/stats' => json_encode($queue->stats()),
            '/consume' => (static function () use ($queue): string {
                $queue->consume(static function (Job $job): void {
                    file_put_contents(__DIR__ . '/done', "$job->id\n", FILE_APPEND | LOCK_EX);
                });
                return 'consumes';
            })(),
            default => 'hello',
        });
    } catch (Throwable $e) {
        $connection->send(new Response(500, [], get_class($e) . ': ' . $e->getMessage()));
    }
};

Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT2');
Worker::$stopTimeout = 1;
Worker::runAll();
