<?php

declare(strict_types=1);

// A worker that no reload replaces, and what it waits for.

use Phalanx\Shared\Channel;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->eventLoop = Fiber::class;
$web->reloadable = false;
$web->onWorkerReload = static fn () => print("heard of the reload\n");
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    $channel = new Channel('kept', capacity: 1);
    if ($request->path() === '/push') {
        $channel->push('pushed');
        $connection->send('');
        return;
    }
    echo "waits\n";
    $connection->send($channel->pop(timeout: 60));
};
Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT2');
Worker::runAll();
