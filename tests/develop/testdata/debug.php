<?php

declare(strict_types=1);

// What the test of Xdebug stops in.

use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber as FiberLoop;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->count = (int) (getenv('COUNT') ?: 2);
$worker->eventLoop = getenv('FIBERS') ? FiberLoop::class : null;
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    if ($request->path() === '/state') {
        $modes = xdebug_info('mode');
        $jit = opcache_get_status(false)['jit']['on'] ?? false;
        $connection->send(json_encode(['modes' => $modes, 'jit' => $jit, 'covered' => coverage()]));
        return;
    }
    if ($request->path() === '/dump') {
        ob_start();
        var_dump(['of' => 'a callback']);
        $connection->send(ob_get_clean());
        return;
    }
    $name = $request->get('name', 'nobody');
    Timer::sleep(0.01);
    $answer = greet($name);
    $connection->send($answer); // the breakpoint
};

function greet(string $name): string
{
    return "Hello, $name";
}

/** @return list<int> the lines of a function that have run */
function coverage(): array
{
    if (!in_array('coverage', xdebug_info('mode'), true)) {
        return [];
    }
    xdebug_start_code_coverage();
    $twice = static fn (int $n): int => $n * 2;
    $twice(21);
    $lines = array_keys(xdebug_get_code_coverage()[__FILE__] ?? []);
    xdebug_stop_code_coverage();

    return $lines;
}

Worker::runAll();
