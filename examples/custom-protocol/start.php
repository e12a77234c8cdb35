<?php

/*
 * A protocol of one's own: the scheme "JsonLine" is the class Protocols\JsonLine.
 *
 *     phalanx examples/custom-protocol/start.php start
 *     echo '{"add":[1,2,3]}' | nc -q 1 127.0.0.1 8080
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

require __DIR__ . '/JsonLine.php';

$worker = new Worker('JsonLine://127.0.0.1:' . (getenv('PORT') ?: 8080));

$worker->onMessage = static function (TcpConnection $connection, mixed $message): void {
    $numbers = is_array($message) ? $message['add'] ?? null : null;
    $valid = is_array($numbers) && array_filter($numbers, is_numeric(...)) === $numbers;
    $connection->send($valid ? ['sum' => array_sum($numbers)] : ['error' => 'send {"add": [numbers]}']);
};

Worker::runAll();
