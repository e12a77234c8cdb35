<?php

declare(strict_types=1);

// Two workers with subscriptions. PORT of the server, REDIS the DSN.

use Phalanx\Redis;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Worker;

$worker = new Worker('text://127.0.0.1:' . \getenv('PORT'));
$worker->count = 2;
$worker->eventLoop = Fiber::class;
$worker->onWorkerStart = static function (Worker $worker): void {
    $redis = new Redis(\getenv('REDIS'), clientName: 'worker');
    $redis->subscribe('news', static function (string $message) use ($redis, $worker): void {
        $redis->rPush('heard', "$worker->id $message");
        if ($message === 'throw') {
            throw new LogicException('thrown on purpose');
        }
    });
    $redis->incr('started');
};
$worker->onMessage = static function (TcpConnection $connection, string $line): void {
    static $redis = null;
    $redis ??= new Redis(\getenv('REDIS'), clientName: 'worker');
    $connection->send((string) $redis->incr($line));
};
Worker::runAll();
