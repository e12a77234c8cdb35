<?php
// Manual: Worker, "transport"; FAQ, "secure HTTP server", "secure WebSocket server", "SSL support".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

// The certificate is best one that was applied for.
$context = array(
    'ssl' => array(
        'local_cert' => __DIR__ . '/server.pem',
        'local_pk' => __DIR__ . '/server.key',
        'verify_peer' => false,
        'allow_self_signed' => true,
    ),
);

// HTTP behind TLS is https.
$https = new Worker('http://127.0.0.1:' . getenv('PORT'), $context);
$https->transport = 'ssl';
$https->onMessage = function (TcpConnection $connection, Request $request) {
    $connection->send("hello {$request->path()} $connection->transport");
};

// WebSocket behind TLS is wss.
$wss = new Worker('websocket://127.0.0.1:' . getenv('PORT2'), $context);
$wss->transport = 'ssl';
$wss->onMessage = function (TcpConnection $connection, $message) {
    $connection->send("wss $message");
};

// Any other protocol.
$text = new Worker('text://127.0.0.1:' . getenv('PORT3'), $context);
$text->transport = 'ssl';
$text->onMessage = function (TcpConnection $connection, $line) {
    $connection->send(strrev($line));
};

Worker::runAll();
