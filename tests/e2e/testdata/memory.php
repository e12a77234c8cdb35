<?php

declare(strict_types=1);

// Requests of many kinds, and what connections leave behind.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

$objects = new WeakMap();
$http = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$http->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send(match ($request->path()) {
        '/query' => (string)count($request->get()),
        '/post' => (string)count($request->post()),
        '/headers' => new Response(200, ['X-One' => $request->header('x-varied', '')], (string)count($request->header())),
        '/large' => str_repeat('x', 20_000),
        '/file' => (new Response())->withFile(__FILE__),
        '/cookie' => (new Response())->cookie('a', (string)count($request->cookie())),
        default => 'hello',
    });
};

$tcp = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$tcp->onConnect = static function (TcpConnection $connection) use ($objects): void {
    $objects[$connection] = true;
    $connection->context->timer = Timer::add(1000, static fn () => $connection->send('late'));
};
$tcp->onClose = static fn (TcpConnection $connection) => Timer::del($connection->context->timer);
$tcp->onMessage = static function (TcpConnection $connection, string $data) use ($objects, $tcp): void {
    if ($data === 'count') {
        gc_collect_cycles();
        $data = implode(' ', [
            count(TcpConnection::$connections), count($tcp->connections), count($objects),
            phalanx_loop_stats()['connections'], phalanx_timer_count(), count(scandir('/proc/self/fd')),
        ]);
    }
    $connection->send($data);
};
Worker::runAll();
