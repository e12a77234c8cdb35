<?php

declare(strict_types=1);

// Sessions in Redis (PORT2) and in a cluster of one node (PORT3); the worker listens on PORT1.

use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Session;
use Workerman\Protocols\Http\Session\RedisClusterSessionHandler;
use Workerman\Protocols\Http\Session\RedisSessionHandler;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->count = 1;
if (getenv('COROUTINES')) {
    $worker->eventLoop = Fiber::class;
}
$worker->onWorkerStart = static function (): void {
    if (getenv('CLUSTER')) {
        Session::handlerClass(RedisClusterSessionHandler::class, [
            'host' => ['127.0.0.1:' . getenv('PORT3')], 'prefix' => 'c_', 'ping' => 1, 'timeout' => 5,
        ]);
        return;
    }
    Session::handlerClass(RedisSessionHandler::class, [
        'host' => '127.0.0.1', 'port' => (int)getenv('PORT2'), 'auth' => 'secret', 'database' => 2, 'ping' => 1,
        'timeout' => 5, 'pool' => ['max_connections' => 2],
    ]);
};
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $session = $request->session();
    switch ($request->path()) {
        case '/set':
            $session->set('name', $request->get('name'));
            break;
        case '/sleep':
            Timer::sleep(0.01); // other coroutines want connections meanwhile
            break;
        case '/refresh':
            $connection->send(json_encode($session->refresh()));
            return;
        case '/regenerate':
            $request->sessionRegenerateId(true);
            break;
        case '/flush':
            $session->flush();
            break;
    }
    $connection->send(json_encode($session->get('name')));
};

Worker::runAll();
