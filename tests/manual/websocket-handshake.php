<?php
// Manual: appendix "about websocket"; FAQ, "get the real IP behind a proxy".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . getenv('PORT'));
$worker->onConnect = function (TcpConnection $connection) {
    $connection->send('before the handshake');
    $connection->onWebSocketConnect = function (TcpConnection $connection, Request $request) {
        if ($request->header('origin') === 'https://evil.example') {
            $connection->close();
            return;
        }
        $connection->realIP = $request->header('x-real-ip');
        $connection->headers = ['X-Served-By: phalanx'];
        if ($request->get('type') === 'binary') {
            $connection->websocketType = Websocket::BINARY_TYPE_ARRAYBUFFER;
        }
    };
};
$worker->onWebSocketConnected = function (TcpConnection $connection, Request $request) {
    $connection->send('connected to ' . $request->path());
};
$worker->onMessage = function (TcpConnection $connection, $data) {
    $connection->send($data === 'array' ? ['ip' => $connection->realIP] : (string)$connection->realIP);
};

Worker::runAll();
