<?php

declare(strict_types=1);

// What curl talks to.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $answer = match ($request->path()) {
        '/echo' => $request->rawBody(),
        '/what' => json_encode([
            'method' => $request->method(), 'length' => strlen($request->rawBody()), 'md5' => md5($request->rawBody()),
            'connection' => $connection->id,
        ]),
        '/upload' => json_encode([
            'post' => $request->post(),
            'files' => array_map(static fn (array $file) => [
                'name' => $file['name'], 'size' => $file['size'], 'error' => $file['error'], 'type' => $file['type'],
                'md5' => md5_file($file['tmp_name']),
            ], $request->file()),
        ]),
        '/file' => (new Response())->withFile(__DIR__ . '/file'),
        '/small' => (new Response())->withFile(__DIR__ . '/small'),
        '/missing' => (new Response())->withFile(__DIR__ . '/missing'),
        default => 'hello',
    };
    $connection->send($answer);
};
Worker::runAll();
