<?php

// Connects to whatever a request says, and answers with what happened: ?options=JSON

use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->onMessage = static function (TcpConnection $client, Request $request): void {
    $o = json_decode($request->get('options'), true) + ['context' => [], 'set' => [], 'send' => [], 'until' => null];
    $log = [];
    $connection = new AsyncTcpConnection($o['address'], $o['context']);
    foreach ($o['set'] as $name => $value) {
        $connection->$name = $value;
    }
    $connection->onConnect = static function (AsyncTcpConnection $c) use (&$log, $o): void {
        $log[] = 'connect';
        foreach ($o['send'] as $data) {
            $c->send($data);
        }
    };
    $connection->onWebSocketConnect = static function () use (&$log): void {
        $log[] = 'websocket';
    };
    $connection->onMessage = static function (AsyncTcpConnection $c, string $data) use (&$log, $o): void {
        $log[] = "message $data";
        if ($data === ($o['upgrade'] ?? null)) {
            $c->transport = 'ssl';
            $c->send('secret');
        }
        if ($data === $o['until']) {
            $c->close();
        }
    };
    $connection->onError = static function (AsyncTcpConnection $c, int $code, string $text) use (&$log): void {
        $log[] = "error $code " . preg_replace('/ after [\d.E-]+ seconds/', '', $text);
    };
    $connection->onClose = static function (AsyncTcpConnection $c) use (&$log, $client): void {
        $log[] = 'close';
        $client->send(json_encode($log));
    };
    $connection->connect();
};

// Connections that never come about, for reloads and stops: PORT2 tells how many there are.
if (getenv('SILENT')) {
    $stuck = new Worker('text://127.0.0.1:' . getenv('PORT2'));
    $stuck->onWorkerStart = static function (): void {
        foreach (explode(',', getenv('SILENT')) as $address) {
            (new AsyncTcpConnection($address))->connect();
        }
        echo "connecting\n";
    };
    $stuck->onMessage = static function (TcpConnection $c): void {
        $c->send(count(array_filter(
            TcpConnection::$connections,
            static fn ($other) => $other->getStatus(false) === 'CONNECTING'
        )) . ' ' . count(scandir('/proc/self/fd')));
    };
}

Worker::runAll();
