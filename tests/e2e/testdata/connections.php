<?php

declare(strict_types=1);

// What a client says is a call of Phalanx\Connections, as JSON: ["method", argument, ...]. "me" is its own connection.
// The answer begins with "= ".

use Phalanx\Connections;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\ServerSentEvents;
use Workerman\Worker;

/** Lines in capitals. */
final class Shout
{
    public static function input(string $buffer): int
    {
        return (int)strpos($buffer, "\n") + (str_contains($buffer, "\n") ? 1 : 0);
    }

    public static function encode(string $data): string
    {
        return strtoupper($data) . "\n";
    }

    public static function decode(string $buffer): string
    {
        return rtrim($buffer, "\n");
    }
}

$call = static function (TcpConnection $connection, string $message): void {
    if ($message === 'slow') { // one that takes nothing for a while
        $connection->maxSendBufferSize = 1 << 16;
        $connection->send('= ok');
        return;
    }
    [$method, $arguments] = [($all = json_decode($message, true))[0], array_slice($all, 1)];
    array_walk_recursive($arguments, static function (mixed &$value) use ($connection): void {
        $value = $value === 'me' ? $connection : $value;
    });
    $result = Connections::$method(...$arguments);
    $connection->send('= ' . json_encode($result));
};
$chat = new Worker('websocket://127.0.0.1:' . getenv('PORT1'));
$chat->count = 2;
$chat->keepConnections = true;
$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->count = 2;
$text->keepConnections = true;
$shout = new Worker('tcp://127.0.0.1:' . getenv('PORT3'));
$shout->protocol = Shout::class;
foreach ([$chat, $text, $shout] as $worker) {
    $worker->onMessage = $call;
    $worker->onBufferFull = static function (TcpConnection $connection): void {
        print("full\n");
    };
    $worker->onClose = static function (): void {
        print("closed\n");
    };
}
$events = new Worker('http://127.0.0.1:' . getenv('PORT4'));
$events->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send(new Response(200, ['Content-Type' => 'text/event-stream']));
    $connection->send(new ServerSentEvents(['data' => 'hello']));
    Connections::join($connection, (string)$request->get('group'));
};
foreach (Worker::getAllWorkers() as $worker) {
    $worker->onWorkerStart = static function (): void {
        print("started\n");
    };
}
Worker::runAll();
