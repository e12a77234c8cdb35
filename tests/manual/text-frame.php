<?php
// Manual: appendices "about text" and "about frame"; FAQ, "send and receive hexadecimal data".
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$text_worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$text_worker->onMessage = function (TcpConnection $connection, $data) {
    $hex_data = bin2hex($data);
    $connection->send(hex2bin($hex_data));
    $connection->send(strlen($data));
};

$frame_worker = new Worker('frame://127.0.0.1:' . getenv('PORT2'));
$frame_worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send("hello $data");
};

Worker::runAll();
