<?php

/**
 * As hello.php, over TLS. The certificate, cert.pem and key.pem, is in the folder above BENCH_STATE.
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

require __DIR__ . '/common.php';

$folder = dirname((string) getenv('BENCH_STATE'));
$worker = benchWorker('http', ['ssl' => ['local_cert' => "$folder/cert.pem", 'local_pk' => "$folder/key.pem"]]);
$worker->transport = 'ssl';
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send('Hello, World!');
};

Worker::runAll();
