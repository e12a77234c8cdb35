<?php

declare(strict_types=1);

// Echo over WebSocket with each way of compression, texts as texts, binary messages as such.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

TcpConnection::$defaultMaxPackageSize = 20 << 20;
TcpConnection::$defaultMaxSendBufferSize = 64 << 20;

$echo = static function (TcpConnection $connection, string $data): void {
    $connection->websocketType = $connection->receivedWebsocketType();
    $connection->send($data);
};

$settings = [false, ['threshold' => 0], ['threshold' => 0, 'contextTakeover' => true, 'windowBits' => 15], ['threshold' => 0, 'windowBits' => 9, 'contextTakeover' => true]];
foreach ($settings as $i => $deflate) {
    $worker = new Worker('websocket://127.0.0.1:' . getenv('PORT' . $i + 1));
    $worker->websocketDeflate = $deflate;
    $worker->onMessage = $echo;
}

// The way that Workerman knows: the application announces the extension and says what goes out compressed.
$own = new Worker('websocket://127.0.0.1:' . getenv('PORT5'));
$own->onWebSocketConnect = static function (TcpConnection $connection, Request $request): void {
    if (str_contains((string) $request->header('sec-websocket-extensions'), 'permessage-deflate')) {
        $connection->headers = ['Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover'];
    }
};
$own->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->websocketType = match ($data[0] ?? '') {
        'T' => Websocket::BINARY_TYPE_BLOB_DEFLATE,
        'B' => Websocket::BINARY_TYPE_ARRAYBUFFER_DEFLATE,
        default => Websocket::BINARY_TYPE_BLOB,
    };
    $connection->send($data);
};

// A small limit, and the length of what came, for messages that are too large to send back.
$small = new Worker('websocket://127.0.0.1:' . getenv('PORT6'));
$small->websocketDeflate = true;
$small->onConnect = static fn (TcpConnection $connection) => $connection->maxPackageSize = 100_000;
$small->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send('got ' . strlen($data));

Worker::runAll();
