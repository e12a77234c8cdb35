<?php

/*
 * Answers datagrams with the time.
 *
 *     phalanx examples/udp.php start
 *     echo hello | nc -u -w 1 127.0.0.1 8080
 */

declare(strict_types=1);

use Workerman\Connection\UdpConnection;
use Workerman\Worker;

$worker = new Worker('udp://127.0.0.1:' . (getenv('PORT') ?: 8080));

$worker->onMessage = static function (UdpConnection $connection, string $data): void {
    // The answer is shorter than most questions: a sender who forges an address gains nothing by it.
    $connection->send(date('H:i:s') . "\n");
};

Worker::runAll();
