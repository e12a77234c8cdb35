<?php

declare(strict_types=1);

// TLS: certificates lie in the folder that CERTS names.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$certs = getenv('CERTS');
$ssl = ['ssl' => [
    'local_cert' => "$certs/localhost.pem", 'verify_peer' => false,
    'SNI_server_certs' => ['sni.test' => "$certs/sni.test.pem"],
]];
TcpConnection::$defaultMaxPackageSize = 100 << 20;
Worker::$processes = (int)(getenv('PROCESSES') ?: 1);

$http = new Worker('http://127.0.0.1:' . getenv('PORT1'), $ssl);
$http->transport = 'ssl';
$http->count = 2;
$http->onMessage = static function (TcpConnection $connection, Request $request): void {
    $connection->send(match ($request->path()) {
        '/tls' => json_encode($connection->tlsInfo() + ['transport' => $connection->transport]),
        '/socket' => json_encode([
            stream_socket_get_name($connection->getSocket(), true) === $connection->getRemoteAddress(),
            isset(stream_get_meta_data($connection->getSocket())['crypto']),
        ]),
        '/echo' => $request->rawBody(),
        '/file' => (new Response())->withFile(__DIR__ . '/file'),
        '/stats' => json_encode(Phalanx\Engine::stats()['process']),
        '/pid' => (string)posix_getpid(),
        default => 'hello',
    });
};

$websocket = new Worker('wss://127.0.0.1:' . getenv('PORT2'), $ssl);
$websocket->keepConnections = true;
$websocket->onWebSocketConnect = static fn (TcpConnection $connection) => $connection->send('welcome');
$websocket->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
$websocket->onWorkerStart = static fn () => print("websockets begin\n");

// Clients must show a certificate of our authority.
$mutual = new Worker('text://127.0.0.1:' . getenv('PORT3'), ['ssl' => [
    'local_cert' => "$certs/localhost.pem", 'verify_peer' => true, 'cafile' => "$certs/ca.pem",
]]);
$mutual->transport = 'ssl';
$mutual->onConnect = static fn (TcpConnection $connection) => $connection->send('greeting');
$mutual->onMessage = static function (TcpConnection $connection, string $data): void {
    $data === 'close' ? $connection->close('bye') : $connection->send($data);
};
$mutual->onClose = static fn () => print("mutual closed\n");

// Plain text, until it is told otherwise.
$starttls = new Worker('text://127.0.0.1:' . getenv('PORT4'), $ssl);
$starttls->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->send("$connection->transport: $data");
    if ($data === 'STARTTLS') {
        $connection->transport = 'ssl';
    }
};

Worker::runAll();
