<?php

declare(strict_types=1);

// What a request is made of, counted.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    set_error_handler(static fn () => true);
    $counts = [];
    foreach (['get', 'post', 'cookie', 'header', 'file'] as $part) {
        $counts[$part] = count((array) $request->$part(), COUNT_RECURSIVE);
    }
    restore_error_handler();
    $connection->send(json_encode($counts + ['pid' => posix_getpid(), 'memory' => memory_get_usage() >> 20]));
};

Worker::runAll();
