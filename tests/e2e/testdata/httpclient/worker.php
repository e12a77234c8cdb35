<?php

// Workers that call SERVER: many at once, streams of any size, and calls that are given up.

use Phalanx\Http\Client;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->eventLoop = Fiber::class;
$worker->onWorkerStart = static function () use (&$client): void {
    $client = new Client(baseUrl: getenv('SERVER'));
};
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$client): void {
    $n = (int)$request->get('n');
    $answer = match ($request->path()) {
        '/many' => (static function () use ($client, $n): string {
            $begun = hrtime(true);
            $all = $client->sendAll(array_fill(0, $n, '/together/' . intdiv($n, 2)), concurrency: $n);
            return count($all) . ' ' . round((hrtime(true) - $begun) / 1e9, 3);
        })(),
        '/down' => (static function () use ($client, $n): string {
            $bytes = 0;
            foreach ($client->get("/bytes/$n", stream: true)->chunks(262144) as $chunk) {
                $bytes += strlen($chunk);
            }
            return (string)$bytes;
        })(),
        '/up' => $client->post('/count', timeout: 60, body: (static function () use ($n): iterable {
            for ($piece = str_repeat('x', 262144); $n > 0; $n -= 262144) {
                yield $n >= 262144 ? $piece : substr($piece, 0, $n);
            }
        })())->body(),
        '/hang' => $client->get('/hang', timeout: 0.05, throw: false)->body(),
        '/leave' => (static function () use ($client): string {
            return $client->get('/hang/body', stream: true)->read();
        })(),
        '/wait' => $client->get('/hang')->body(),
        '/slow' => $client->get('/slow')->body(),
        '/stats' => json_encode(Client::stats()),
    };
    $connection->send($answer);
};
Worker::runAll();
