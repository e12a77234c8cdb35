<?php

declare(strict_types=1);

// Workers that are renewed when they have reached a limit.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

final class Script
{
    public static int $requests = 0;

    /** @var list<string> */
    public static array $leak = [];
}

$script = bin2hex(random_bytes(8));
$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->count = 3;
$web->maxRequests = (int)getenv('MAX_REQUESTS');
$web->maxAge = (float)getenv('MAX_AGE');
$web->maxMemory = (int)getenv('MAX_MEMORY');
$web->onWorkerStart = static fn (Worker $worker) => print("started $worker->id\n");
$web->onWorkerStop = static fn (Worker $worker) => print("stopped $worker->id\n");
$web->onWorkerReload = static fn () => print("reloaded\n");
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($web, $script): void {
    if ($request->path() === '/leak') {
        Script::$leak[] = str_repeat('x', 1 << 20);
    }
    $connection->send(json_encode([
        'id' => $web->id, 'script' => $script, 'request' => ++Script::$requests, 'memory' => memory_get_usage(),
    ]));
};
Worker::runAll();
