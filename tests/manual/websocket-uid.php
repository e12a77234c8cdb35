<?php
// Manual: FAQ, "send data to a client"; Worker, "listen" (pushing from another program).
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$worker->count = 1;
$worker->uidConnections = array();
$worker->onWorkerStart = function ($worker) {
    $inner_text_worker = new Worker('text://127.0.0.1:' . getenv('PORT2'));
    $inner_text_worker->onMessage = function (TcpConnection $connection, $buffer) {
        $data = json_decode($buffer, true);
        $ret = sendMessageByUid($data['uid'], $buffer);
        $connection->send($ret ? 'ok' : 'fail');
    };
    $inner_text_worker->listen();
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    global $worker;
    if (!isset($connection->uid)) {
        $connection->uid = $data;
        $worker->uidConnections[$connection->uid] = $connection;
        return $connection->send('login success, your uid is ' . $connection->uid);
    }
    list($recv_uid, $message) = explode(':', $data);
    if ($recv_uid == 'all') {
        broadcast($message);
    } else {
        sendMessageByUid($recv_uid, $message);
    }
};
$worker->onClose = function (TcpConnection $connection) {
    global $worker;
    if (isset($connection->uid)) {
        unset($worker->uidConnections[$connection->uid]);
    }
};

function broadcast($message)
{
    global $worker;
    foreach ($worker->uidConnections as $connection) {
        $connection->send($message);
    }
}

function sendMessageByUid($uid, $message)
{
    global $worker;
    if (isset($worker->uidConnections[$uid])) {
        $worker->uidConnections[$uid]->send($message);
        return true;
    }
    return false;
}

Worker::runAll();
