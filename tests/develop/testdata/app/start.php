<?php

declare(strict_types=1);

// What the tests of "phalanx watch" change: a web server, and a WebSocket server that keeps its connections.

use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber as FiberLoop;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/src/version.php';
require __DIR__ . '/src/Shop.php';

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->eventLoop = getenv('FIBERS') ? FiberLoop::class : null;
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    switch ($request->path()) {
        case '/throw':
            (new Shop())->sell('<script>alert(1)</script>', ['password' => strrev('1retnuh')]);
        case '/late':
            Timer::sleep(0.01);
            (new Shop())->sell('late', []);
        case '/fatal':
            ini_set('memory_limit', '16M');
            str_repeat('x', 64 << 20);
            break;
        case '/exit':
            exit(3);
        case '/include':
            include __DIR__ . '/runtime/broken.txt';
            break;
        case '/timer':
            Timer::add(0.001, static fn () => throw new LogicException('of a timer'), [], false);
            return;
        case '/sleep':
            fwrite(STDERR, "sleeps\n");
            return; // the answer is owed
        case '/precision':
            $connection->send((string) ini_get('precision'));
            return;
        case '/environment':
            $connection->send((string) getenv('PHALANX_ENV'));
            return;
    }
    $connection->send(version());
};

$chat = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$chat->name = 'chat';
$chat->keepConnections = true;
$chat->onMessage = static function (TcpConnection $connection, string $message): void {
    if ($message === 'throw') {
        throw new LogicException('of a WebSocket');
    }
    $connection->send(version());
};

Worker::runAll();
