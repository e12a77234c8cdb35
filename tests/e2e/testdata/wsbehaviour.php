<?php

declare(strict_types=1);

// What a WebSocket application sees and does; the events of each connection are printed on one line when it closes. The
// second worker has callbacks for control frames too.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

foreach ([1, 2] as $number) {
    $worker = new Worker('websocket://127.0.0.1:' . getenv("PORT$number"));
    $log = static fn (TcpConnection $connection, string $event) => $connection->context->log[] = $event;
    $worker->onConnect = static fn ($connection) => $log($connection, 'connect ' . var_export($connection->websocketType, true));
    $worker->onWebSocketConnect = static function (TcpConnection $connection, Request $request) use ($log): void {
        $log($connection, "{$request->method()} {$request->uri()} " . json_encode($request->get()) . ' ' . $connection->getStatus(false));
        match ($request->path()) {
            '/headers' => $connection->headers = ['X-One: 1', "X-Bad: a\r\nX-Evil: b", 'Sec-WebSocket-Protocol: chat'],
            '/early' => $log($connection, 'sent ' . var_export($connection->send('early'), true)),
            '/deny' => $connection->close("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", true),
            '/close' => $connection->close(),
            '/binary' => $connection->websocketType = "\x82",
            default => null,
        };
    };
    $worker->onWebSocketConnected = static function (TcpConnection $connection, Request $request) use ($log): void {
        $log($connection, 'connected ' . bin2hex($connection->websocketType));
        if ($request->path() === '/connected') {
            $connection->send('welcome');
        }
    };
    $worker->onMessage = static function (TcpConnection $connection, string $data) use ($log): void {
        $log($connection, 'message ' . bin2hex($data));
        $answer = match ($data) {
            'close' => $connection->close(),
            'close with' => $connection->close('bye'),
            'end' => $connection->end('last'),
            'destroy' => $connection->destroy(),
            'array' => $connection->send(['a' => 1, 'b' => 'ü']),
            'raw' => $connection->send("\x81\x03raw", true),
            'status' => $connection->send("{$connection->getStatus(false)} $connection->protocol $connection->transport"),
            default => $connection->send($data),
        };
        $log($connection, 'sent ' . var_export($answer, true));
    };
    if ($number === 2) {
        $worker->onWebSocketClose = static fn ($connection) => $log($connection, 'close frame');
        $worker->onWebSocketPing = static function (TcpConnection $connection, string $data) use ($log): void {
            $log($connection, "ping $data " . bin2hex($connection->websocketType));
            $connection->send("not $data");
        };
        $worker->onWebSocketPong = static fn ($connection, $data) => $log($connection, "pong $data");
    }
    $worker->onClose = static function (TcpConnection $connection): void {
        echo '[', implode(', ', $connection->context->log), "]\n";
    };
}

Worker::runAll();
