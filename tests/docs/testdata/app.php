<?php

/** The reader's application, where a page says app.php and shows none. */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:8080');
$worker->count = 2;
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send('Hello from ' . $request->path());
};

Worker::runAll();
