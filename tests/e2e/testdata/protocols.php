<?php

declare(strict_types=1);

// Every protocol in one file. What reaches an onMessage is counted; port 1 answers the counts.

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

require_once __DIR__ . '/Seen.php';

$http = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$http->onMessage = static function (TcpConnection $connection, $request): void {
    Seen::append('http ' . $request->method() . ' ' . $request->uri() . ' ' . md5($request->rawBody()));
    $connection->send($request->path() . ' ' . strlen($request->rawBody()) . ' ' . posix_getpid());
};

$websocket = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$websocket->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->websocketType = preg_match('//u', $data) ? "\x81" : "\x82";
    $connection->send($data);
};

$text = new Worker('text://127.0.0.1:' . getenv('PORT3'));
$text->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("got $data");

$frame = new Worker('frame://127.0.0.1:' . getenv('PORT4'));
$frame->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("got $data");

$tcp = new Worker('tcp://127.0.0.1:' . getenv('PORT5'));
$tcp->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);

$udp = new Worker('udp://127.0.0.1:' . getenv('PORT6'));
$udp->onMessage = static fn ($connection, string $data) => $connection->send($data);

Worker::$onWorkerExit = static fn ($worker, $status) => print("worker exit $status\n");
Worker::runAll();
