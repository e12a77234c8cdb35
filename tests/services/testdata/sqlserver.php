<?php

/** Two workers whose requests ask the database that PHALANX_TEST_DSN names. */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

Worker::$pidFile = getenv('STATE') . '/pid';
Worker::$logFile = getenv('STATE') . '/log';
Worker::$eventLoopClass = Workerman\Events\Fiber::class;
$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->count = 2;
$worker->onWorkerStart = static function () use (&$db): void {
    $db = new Phalanx\Sql\Database((string) getenv('PHALANX_TEST_DSN'), maxConnections: 6);
};
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$db): void {
    if ($request->path() === '/begin') {
        $db->begin(); // and never ends it
    }
    if ($request->path() === '/slow') {
        $db->query($db->dialect() === 'mysql' ? 'SELECT SLEEP(60)' : 'SELECT pg_sleep(60)');
    }
    $connection->send((string) $db->value('SELECT 1 + 1'));
};
Worker::runAll();
