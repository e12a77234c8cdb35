<?php
// Manual: "how to define protocols" and its examples, each on a port of its own.
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$json_worker = new Worker('JsonNL://127.0.0.1:' . getenv('PORT'));
$json_worker->onMessage = function (TcpConnection $connection, $data) {
    echo json_encode($data), "\n";
    $connection->send(array('code' => 0, 'msg' => 'ok'));
};

$int_worker = new Worker('JsonInt://127.0.0.1:' . getenv('PORT2'));
$int_worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send(array('got' => $data));
};

$xml_worker = new Worker('XmlProtocol://127.0.0.1:' . getenv('PORT3'));
$xml_worker->onMessage = function (TcpConnection $connection, $xml) {
    $connection->send("<reply>$xml->name</reply>");
};

$file_worker = new Worker('BinaryTransfer://127.0.0.1:' . getenv('PORT4'));
$file_worker->onMessage = function (TcpConnection $connection, $data) {
    $save_path = __DIR__ . '/' . $data['file_name'];
    file_put_contents($save_path, $data['file_data']);
    $connection->send('upload success. size ' . filesize($save_path));
};

Worker::runAll();
