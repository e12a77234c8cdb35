<?php

declare(strict_types=1);

// Two workers: the first asks the second within a span, which continues the trace.

use Phalanx\Http\Client;
use Phalanx\Log;
use Phalanx\Trace;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$log = new Log(__DIR__ . '/trace.log');

$front = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$front->eventLoop = Fiber::class;
$front->onMessage = Trace::requests(static function (TcpConnection $connection, Request $request) use ($log): void {
    Trace::current()?->rename('GET /front');
    Trace::current()?->attribute('n', (int) $request->get('n'));
    Trace::span('work', static function () use ($request, $log): void {
        $log->info('within');
        new Client()->get('http://127.0.0.1:' . getenv('PORT2') . '/back?secret=1');
        if ($request->get('n') === '1') {
            throw new LogicException('as it should');
        }
    });
    $connection->send('done');
});

$back = new Worker('http://127.0.0.1:' . getenv('PORT2'));
$back->onMessage = Trace::requests(static function (TcpConnection $connection): void {
    $connection->send('answer');
});

Worker::runAll();
