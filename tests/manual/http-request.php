<?php
// Manual: HTTP, "request".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->onMessage = function (TcpConnection $connection, Request $request) {
    $connection->send(match ($request->path()) {
        '/get' => $request->get('name'),
        '/default' => $request->get('name', 'tom'),
        '/post' => var_export($request->post(), true),
        '/header' => $request->header('x-test'),
        '/cookie' => $request->cookie('name'),
        '/body' => $request->rawBody(),
        '/method' => $request->method(),
        '/host' => $request->host(true),
        '/query' => $request->queryString(),
        '/version' => $request->protocolVersion(),
        '/session' => $request->sessionId(),
        '/file' => file_get_contents($request->file('upload')['tmp_name']),
        '/ip' => $connection->getRemoteIp() . ' ' . $request->connection->getLocalPort(),
        default => $request->uri(),
    });
};

Worker::runAll();
