<?php

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

Worker::$drainDelay = (float) (getenv('DRAIN_DELAY') ?: 0);
Worker::$stopTimeout = (int) (getenv('STOP_TIMEOUT') ?: 2);
// The root file system is read-only, and what a container says goes to its standard output.
Worker::$pidFile = sys_get_temp_dir() . '/app.pid';
Worker::$statusFile = sys_get_temp_dir() . '/app.status';
Worker::$logFile = '/dev/null';

$worker = new Worker('http://' . (getenv('HOST') ?: '0.0.0.0') . ':' . (getenv('PORT') ?: '8080'));
$worker->name = 'app';
$worker->count = (int) (getenv('WORKERS') ?: 1);
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send(new Response(200, ['Content-Type' => 'text/plain'], 'Hello from ' . gethostname() . "\n"));
};

Worker::runAll();
