<?php

// workerman/redis against a server that knows six commands: callbacks on Select, Revolt's suspensions on Fiber.

use Revolt\EventLoop;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Redis\Client;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

$server = new Worker('tcp://127.0.0.1:' . getenv('PORT'));
$server->values = [];
$server->onMessage = static function (TcpConnection $connection, string $data) use ($server): void {
    $parts = explode("\r\n", $data);
    while (count($parts) > 1) { // *COUNT, then $LENGTH and VALUE of each
        $words = [];
        for ($count = (int)substr(array_shift($parts), 1); $count > 0; --$count) {
            array_shift($parts);
            $words[] = array_shift($parts);
        }
        $key = $words[1] ?? '';
        $bulk = static fn (?string $value): string => $value === null ? "\$-1\r\n" : '$' . strlen($value) . "\r\n$value\r\n";
        $answer = match (strtoupper($words[0])) {
            'PING' => "+PONG\r\n",
            'SET' => [$server->values[$key] = $words[2], "+OK\r\n"][1],
            'GET' => $bulk($server->values[$key] ?? null),
            'INCR' => ':' . ($server->values[$key] = ($server->values[$key] ?? 0) + 1) . "\r\n",
            'MGET' => '*' . (count($words) - 1) . "\r\n" . implode('', array_map(
                static fn (string $key): string => $bulk(isset($server->values[$key]) ? (string)$server->values[$key] : null),
                array_slice($words, 1)
            )),
            default => "-ERR unknown command\r\n",
        };
        $connection->send($answer);
    }
};

$address = 'redis://127.0.0.1:' . getenv('PORT');
$callbacks = new Worker();
$callbacks->onWorkerStart = static function () use ($address): void {
    $redis = new Client($address);
    $redis->set('a', 'one', static fn ($result) => print('set ' . json_encode($result) . "\n"));
    $redis->get('a', static fn ($result) => print("get $result\n"));
    $redis->get('none', static fn ($result) => print('none ' . json_encode($result) . "\n"));
};

$coroutines = new Worker();
$coroutines->eventLoop = Fiber::class;
$coroutines->onWorkerStart = static function () use ($address): void {
    class_exists(EventLoop::class); // the client looks whether it has been loaded
    $redis = new Client($address);
    Timer::sleep(0.05);
    echo 'waited: ', json_encode([
        $redis->set('b', 'two'), $redis->get('b'), $redis->incr('n'), $redis->incr('n'), $redis->mGet(['b', 'n', 'none']),
    ]), "\n";
};
Worker::runAll();
