<?php

declare(strict_types=1);

// Answers made of files; the worker listens on PORT1.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $response = new Response();
    if ($request->get('etag')) {
        $response->withHeader('ETag', '"' . $request->get('etag') . '"')->withHeader('Cache-Control', 'max-age=5');
    }
    if ($request->get('status')) {
        $response->withStatus((int)$request->get('status'));
    }
    $response->withFile(__DIR__ . $request->path(), (int)$request->get('offset'), (int)$request->get('length'));
    if ($request->get('later')) {
        Timer::add(0.001, static fn () => $connection->send($response), [], false);
        return;
    }
    $connection->send($response);
};

Worker::runAll();
