<?php

declare(strict_types=1);

// Compressed answers; the worker listens on PORT1.

use Phalanx\Http\Compression;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Chunk;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\ServerSentEvents;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->onWorkerStart = static fn () => Compression::enable(minLength: 100);
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $text = str_repeat('hello ', 100);
    switch ($request->path()) {
        case '/string':
            $connection->send($text);
            break;
        case '/response':
            $connection->send(new Response(201, ['ETag' => '"a"', 'Content-Type' => 'application/json'], $text));
            break;
        case '/later':
            Timer::add(0.001, static fn () => $connection->send(new Response(200, [], $text)), [], false);
            break;
        case '/image':
            $connection->send(new Response(200, ['Content-Type' => 'image/png'], $text));
            break;
        case '/short':
            $connection->send('short');
            break;
        case '/raw':
            $connection->send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 600\r\n\r\n$text", true);
            break;
        case '/chunks':
            $connection->send(new Response(200, ['Transfer-Encoding' => 'chunked'], 'first '));
            $connection->send(new Chunk('second '));
            Timer::add(0.001, static function () use ($connection): void {
                $connection->send(new Chunk('third'));
                $connection->send(new Chunk(''));
            }, [], false);
            break;
        case '/events':
            $connection->send(new Response(200, ['Content-Type' => 'text/event-stream'], "\r\n"));
            $connection->send(new ServerSentEvents(['data' => 'one']));
            Timer::add(0.001, static fn () => $connection->close(new ServerSentEvents(['data' => 'two'])), [], false);
            break;
        case '/file':
            $connection->send((new Response())->withFile(__FILE__));
            break;
        case '/invalid':
            try {
                Compression::enable(['deflate']);
            } catch (ValueError $e) {
                $connection->send($e->getMessage());
            }
    }
};

Worker::runAll();
