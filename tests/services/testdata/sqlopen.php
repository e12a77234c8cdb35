<?php

/** A worker whose requests leave transactions in the database that PHALANX_TEST_DSN names. */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

Worker::$pidFile = getenv('STATE') . '/pid';
Worker::$logFile = getenv('STATE') . '/log';
if (getenv('FIBERS') === '1') {
    Worker::$eventLoopClass = Workerman\Events\Fiber::class;
}
Worker::$monitorAddress = '127.0.0.1:' . getenv('MONITOR');
Worker::$stopTimeout = 15; // on a busy machine, too, statements are to be cancelled rather than the process killed
$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->onWorkerStart = static function () use (&$db): void {
    $db = new Phalanx\Sql\Database((string) getenv('PHALANX_TEST_DSN'), maxConnections: 6);
};
$worker->onWorkerReload = static function (): void {
    echo "reloading\n";
};
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$db): void {
    $put = static fn (string $name): mixed => $db->execute('INSERT INTO left_open VALUES (?)', [$name]);
    if ($request->path() === '/forget') {
        $db->begin();
        $put('forgotten');
    }
    if ($request->path() === '/throw') {
        $db->begin();
        $put('thrown');
        $connection->send('inside');
        throw new LogicException('in a transaction');
    }
    if ($request->path() === '/hold') {
        $db->begin();
        $put('held');
        // The server's lock, which the test has, holds the transaction up.
        $db->execute('UPDATE door SET passed = passed + 1');
        $db->commit();
    }
    $connection->send($db->inTransaction() ? 'inside' : 'outside');
};
Worker::runAll();
