<?php

declare(strict_types=1);

use Phalanx\Limits;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT3');

// Two slots that share the limits by number.
$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->reusePort = true;
$web->limits->requestLine = 50;
$web->limits->head = 100;
$web->limits->headerFields = 3;
$web->limits->headTime = 1.0;
$web->limits->bodyTime = 1.0;
$web->limits->idleTime = 2.0;
$web->limits->sendTime = 1.0;
$web->limits->sendRate = 1 << 30;
$web->limits->connectionsPerAddress = 4;
$web->limits->exempt = ['127.0.0.4/32'];
$web->onMessage = static fn (TcpConnection $connection, $request) => $connection->send(
    $request->path() === '/large' ? str_repeat('x', 32 << 20) : 'ok ' . posix_getpid(),
);

$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->name = 'text';
$text->count = 2;
$text->limits->connections = 3;
$text->limits->idleTime = Limits::NONE;
$text->onMessage = static fn (TcpConnection $connection, string $line) => $connection->send($line);

Worker::runAll();
