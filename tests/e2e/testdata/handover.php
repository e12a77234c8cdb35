<?php

declare(strict_types=1);

// Connections that go from one script to the next. settings.php says what this script is like.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

/** Two digits of length, then as many bytes. */
final class Counted
{
    public static function input(string $buffer): int
    {
        return strlen($buffer) < 2 ? 0 : 2 + (int)$buffer;
    }

    public static function encode(string $data): string
    {
        return sprintf('%02d', strlen($data)) . $data;
    }

    public static function decode(string $buffer): string
    {
        return substr($buffer, 2);
    }
}

['version' => $version, 'protocol' => $protocol, 'keep' => $keep, 'workers' => $workers] = require 'settings.php';

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($version): void {
    match ($request->path()) {
        '/' => $connection->send($version),
        '/later' => Timer::add(0.3, static fn () => $connection->send($version), [], false),
        '/never' => null,
        '/exit' => exit(1),
        default => $connection->close('?'),
    };
};

$answer = static function (TcpConnection $connection, string $message) use ($version): void {
    $connection->state['messages'] = ($connection->state['messages'] ?? 0) + 1;
    match ($message) {
        'exit' => exit(3),
        'fatal' => ini_set('memory_limit', '8M') . str_repeat('x', 16 << 20),
        'stop' => Worker::stopAll(),
        'unserializable' => $connection->state += ['pipe' => STDIN, 'closure' => static fn () => 1, 'kept' => [new ArrayObject([1])]],
        'pause' => $connection->pauseRecv(),
        'type' => $connection->websocketType = "\x82",
        default => null,
    };
    if (str_starts_with($message, 'flood')) {
        $connection->maxSendBufferSize = 64 << 20;
        $connection->send(str_repeat($version, (int)substr($message, 5)));
        return;
    }
    $state = array_map(static fn ($value) => is_array($value) ? count($value) : $value, $connection->state);
    $connection->send("$version $message $connection->id " . json_encode($state));
};
$resume = static function (TcpConnection $connection) use ($version): void {
    $messages = $connection->state['messages'] ?? 0;
    print("$version resumes {$connection->worker->name} $connection->id after $messages\n");
    if ($connection->getRecvBufferQueueSize() === 0 && isset($connection->state['resume'])) {
        $connection->resumeRecv();
    }
};

$chat = new Worker("$protocol://127.0.0.1:" . getenv('PORT2'));
$chat->name = 'chat';
$chat->count = 2;
$text = new Worker('text://127.0.0.1:' . getenv('PORT3'));
$text->name = 'text';
$counted = new Worker('tcp://127.0.0.1:' . getenv('PORT4'));
$counted->protocol = Counted::class;
$counted->name = 'counted';
foreach ([$chat, $text, $counted] as $worker) {
    $worker->keepConnections = $keep;
    $worker->onMessage = $answer;
    $worker->onConnectionResume = $resume;
    $worker->onClose = static function (TcpConnection $connection) use ($version): void {
        print("$version closes {$connection->worker->name} " . json_encode($connection->state) . "\n");
    };
}
foreach ([$web, $chat, $text, $counted] as $worker) {
    $worker->onWorkerStart = static function (Worker $worker) use ($version): void {
        print("started $version $worker->name\n");
    };
}
if ($workers < 4) { // the last one is gone
    (static fn () => array_pop(static::$workers))->bindTo(null, Worker::class)();
}
Worker::runAll();
