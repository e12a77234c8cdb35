<?php
// Manual: HTTP, "session".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Session\FileSessionHandler;
use Workerman\Worker;

FileSessionHandler::sessionSavePath(__DIR__ . '/sessions');
$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->onMessage = function (TcpConnection $connection, Request $request) {
    $session = $request->session();
    if ($request->path() === '/set') {
        $session->set('name', 'tom');
    }
    $connection->send($session->get('name', 'nobody'));
};

Worker::runAll();
