<?php

/**
 * One request that makes many: `calls` GETs at the same time to the server that BENCH_TARGET names, from one worker.
 * The answer says how many were answered as they should be.
 */

declare(strict_types=1);

use Phalanx\Http\Client;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

use function Phalanx\all;

require __DIR__ . '/common.php';

$client = null;
$worker = benchWorker('http');
$worker->onWorkerStart = static function () use (&$client): void {
    $client = new Client(maxConnectionsPerHost: 0);
};
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$client): void {
    $url = (string) getenv('BENCH_TARGET');
    $calls = [];
    for ($i = 0, $n = (int) $request->get('calls'); $i < $n; $i++) {
        $calls[] = static fn (): bool => $client->get("$url?n=$i")->body() === "slow $i";
    }
    $connection->send((string) count(array_filter(all($calls))));
};

Worker::runAll();
