<?php

declare(strict_types=1);

// How a server goes: HTTP, WebSockets and lines, and an answer that takes its time.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    match ($request->path()) {
        '/slow' => Timer::delay((float)$request->get('for'), static fn () => $connection->send(new Response(200, [], 'slow'))),
        default => $connection->send('fast'),
    };
    echo "request {$request->path()}\n";
};
$socket = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$socket->name = 'socket';
$socket->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
$socket->onClose = static fn () => print("websocket closed\n");
$text = new Worker('text://127.0.0.1:' . getenv('PORT3'));
$text->name = 'text';
$text->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
foreach ([$web, $socket, $text] as $worker) {
    $worker->onWorkerStart = static fn (Worker $worker) => print("started $worker->name\n");
    $worker->onWorkerStop = static fn (Worker $worker) => print("stopped $worker->name\n");
}

Worker::$drainDelay = (float)getenv('DRAIN_DELAY');
Worker::$gracefulTimeout = (float)(getenv('GRACEFUL_TIMEOUT') ?: 60);
Worker::$stopTimeout = (int)(getenv('STOP_TIMEOUT') ?: 10);
Worker::$onMasterStop = static fn () => print("master stopped\n");
Worker::runAll();
