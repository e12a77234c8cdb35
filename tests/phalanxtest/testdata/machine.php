<?php

/*
 * Connections of a machine in a cluster: a message is a call of Phalanx\Connections in JSON, [method, argument, ...]; "$me" is
 * the connection that sends it.
 */

declare(strict_types=1);

use Phalanx\Connections;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

Connections::cluster(getenv('MACHINE_SERVER'), 'test');
$worker = new Worker('text://127.0.0.1:' . getenv('MACHINE_PORT'));
$worker->count = 2;
$worker->onWorkerStart = static function (): void {
    echo "serves\n";
};
$worker->onMessage = static function (TcpConnection $connection, string $message): void {
    $call = json_decode($message, true);
    $method = array_shift($call);
    try {
        $result = Connections::$method(...array_map(static fn ($a) => $a === '$me' ? $connection : $a, $call));
        $connection->send('= ' . json_encode($result));
    } catch (RuntimeException $e) {
        $connection->send('! ' . $e->getMessage());
    }
};
Worker::$pidFile = getenv('MACHINE_FOLDER') . '/pid';
Worker::$logFile = getenv('MACHINE_FOLDER') . '/log';
Worker::runAll();
