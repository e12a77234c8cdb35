<?php

declare(strict_types=1);

// Statics of Worker that say where things go, and a listener that comes and goes.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$control = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$control->name = 'control';
$inner = null;
$control->onWorkerStart = static function (Worker $worker) use (&$inner): void {
    $inner = new Worker('text://127.0.0.1:' . getenv('PORT2'));
    $inner->onMessage = static fn (TcpConnection $connection, string $line) => $connection->send("inner $line");
    $inner->listen();
    echo "started control\n";
};
$control->onMessage = static function (TcpConnection $connection, Request $request) use (&$inner): void {
    match ($request->path()) {
        '/listen' => $inner->listen(),
        '/listen-paused' => $inner->listen(false),
        '/unlisten' => $inner->unlisten(),
        '/pause' => $inner->pauseAccept(),
        '/resume' => $inner->resumeAccept(),
        '/log' => array_map(static fn (int $i) => Worker::log("line $i " . str_repeat('.', 80)), range(1, 200)),
        default => null,
    };
    $connection->send('done');
};

$steady = new Worker();
$steady->name = 'steady';
$steady->reloadable = false;
$steady->onWorkerStart = static fn () => print("started steady\n");
$steady->onWorkerReload = static fn (Worker $worker) => print("$worker->name heard of the reload\n");

Worker::$pidFile = __DIR__ . '/run/the.pid';
Worker::$statusFile = __DIR__ . '/run/the.status';
Worker::$logFile = __DIR__ . '/log/new/the.log'; // the folder is made
Worker::$stdoutFile = __DIR__ . '/run/stdout';
Worker::$logFileMaxSize = 8192;
Worker::$daemonize = (bool)getenv('DAEMONIZE');
Worker::$command = (string)getenv('COMMAND');
if (getenv('OUTPUT')) {
    Worker::$outputStream = fopen(__DIR__ . '/run/output', 'a');
}
Worker::$onMasterReload = static fn () => print("master reloads\n");
Worker::runAll();
