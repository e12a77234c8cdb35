<?php

/*
 * A chat: whatever one client sends, all clients get.
 *
 *     phalanx examples/websocket-chat.php start
 *
 * In a browser's console, in two windows:
 *
 *     ws = new WebSocket('ws://127.0.0.1:8080'); ws.onmessage = (event) => console.log(event.data)
 *     ws.send('Hello')
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . (getenv('PORT') ?: 8080));
$worker->count = 1; // a worker knows its own connections only

$broadcast = static function (string $message) use ($worker): void {
    foreach ($worker->connections as $connection) {
        $connection->send($message);
    }
};

// Not onConnect: before the handshake is done nobody has come in, and perhaps nobody will.
$worker->onWebSocketConnected = static function (TcpConnection $connection) use ($broadcast): void {
    $broadcast("#$connection->id came in");
    $connection->onClose = static function (TcpConnection $connection) use ($broadcast): void {
        $broadcast("#$connection->id left");
    };
};
$worker->onMessage = static function (TcpConnection $connection, string $data) use ($broadcast): void {
    $broadcast("#$connection->id: $data");
};

Worker::runAll();
