<?php

/*
 * An HTTP server.
 *
 *     phalanx examples/http.php start
 *     curl 'http://127.0.0.1:8080/hello?name=Ada'
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . (getenv('PORT') ?: 8080));
$worker->count = 2;

// A query may carry an array (?name[]=x) where a string is expected.
$name = static fn (Request $request): string => is_string($name = $request->get('name')) ? $name : 'stranger';

$worker->onMessage = static function (TcpConnection $connection, Request $request) use ($name): void {
    $connection->send(match ($request->path()) {
        '/' => 'Hello, World!',
        // As plain text, so that a name with HTML in it stays a name.
        '/hello' => new Response(200, ['Content-Type' => 'text/plain; charset=utf-8'], "Hello, {$name($request)}!"),
        '/json' => new Response(200, ['Content-Type' => 'application/json'], json_encode([
            'method' => $request->method(),
            'query' => $request->get(),
        ], JSON_THROW_ON_ERROR)),
        default => new Response(404, ['Content-Type' => 'text/plain'], "Not found\n"),
    });
};

Worker::runAll();
