<?php

declare(strict_types=1);

// Asks services by their names, for dns_test.go. What fails is an exception of the call.

use Phalanx\Http\Client;
use Phalanx\PubSub;
use Phalanx\Redis;
use Phalanx\Sql\Database;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->eventLoop = Workerman\Events\Fiber::class;
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    static $made = [];
    try {
        $connection->send((string)match ($request->path()) {
            '/pgsql' => ($made[0] ??= new Database((string)getenv('PGSQL')))->value('SELECT 42'),
            '/mysql' => ($made[1] ??= new Database((string)getenv('MYSQL')))->value('SELECT 42'),
            '/redis' => ($made[2] ??= new Redis((string)getenv('REDIS')))->eval('return 42'),
            '/nats' => (static function () use (&$made): int {
                $made[3] ??= new PubSub((string)getenv('NATS'));
                $made[3]->connect();
                $made[3]->flush();
                return 42;
            })(),
            '/http' => ($made[4] ??= new Client(timeout: 5.0))->get((string)getenv('HTTP'))->body(),
            default => 42,
        });
    } catch (Throwable $e) {
        $connection->send(new Response(500, [], get_class($e) . ': ' . $e->getMessage()));
    }
};
Worker::runAll();
