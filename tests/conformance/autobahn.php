<?php

/*
 * What the Autobahn test suite talks to. Its fuzzing client: ws://127.0.0.1:9101, and :9102 with compression. Its fuzzing server,
 * when AUTOBAHN names one (ws://127.0.0.1:9001), is worked through, and told to write its reports.
 */

declare(strict_types=1);

use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

TcpConnection::$defaultMaxPackageSize = 64 << 20; // the suite's largest message has 16 MiB
TcpConnection::$defaultMaxSendBufferSize = 64 << 20;

$echo = static function (TcpConnection $connection, string $data): void {
    $connection->websocketType = $connection->receivedWebsocketType();
    $connection->send($data);
};

foreach ([9101 => false, 9102 => true] as $port => $deflate) {
    $worker = new Worker("websocket://127.0.0.1:$port");
    $worker->websocketDeflate = $deflate;
    $worker->onMessage = $echo;
}

$server = getenv('AUTOBAHN');
if ($server !== false) {
    $client = new Worker();
    $client->onWorkerStart = static function () use ($server, $echo): void {
        $open = static function (string $path, ?callable $onMessage, callable $onClose) use ($server): void {
            $connection = new AsyncTcpConnection($server . $path);
            $connection->headers = ['Sec-WebSocket-Extensions' => 'permessage-deflate; client_max_window_bits'];
            $connection->onMessage = $onMessage;
            $connection->onClose = $onClose;
            $connection->connect();
        };
        $cases = 0;
        $next = static function (int $case) use (&$next, &$cases, $open, $echo): void {
            if ($case <= $cases) {
                $open("/runCase?case=$case&agent=phalanx", $echo, static fn () => $next($case + 1));
            } else {
                $open('/updateReports?agent=phalanx', null, static fn () => Worker::safeEcho("$cases cases done\n"));
            }
        };
        $open('/getCaseCount', static function ($connection, string $data) use (&$cases): void {
            $cases = (int) $data;
        }, static fn () => $next(1));
    };
}

Worker::runAll();
