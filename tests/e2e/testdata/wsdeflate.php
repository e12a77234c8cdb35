<?php

declare(strict_types=1);

// The ws client with compression: what it sends comes back.

use Workerman\Connection\AsyncTcpConnection;
use Workerman\Worker;

$worker = new Worker();
$worker->onWorkerStart = static function (): void {
    $connection = new AsyncTcpConnection(getenv('PEER'));
    $connection->headers = ['Sec-WebSocket-Extensions' => getenv('OFFER')];
    $messages = [];
    for ($i = 0; $i < 40; $i++) {
        $messages[] = str_repeat("message $i, message $i again, ", ($i % 5) ** 4 + 1);
    }
    $connection->onWebSocketConnect = static function (AsyncTcpConnection $connection) use ($messages): void {
        foreach ($messages as $message) {
            $connection->send($message);
        }
    };
    $got = [];
    $connection->onMessage = static function ($connection, string $data) use (&$got, $messages): void {
        $got[] = $data;
        if (count($got) === count($messages)) {
            echo $got === $messages ? "all came back\n" : "something else came back\n";
        }
    };
    $connection->onClose = static fn () => print("closed\n");
    $connection->connect();
};

Worker::runAll();
