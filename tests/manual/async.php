<?php
// Manual: AsyncTcpConnection, "construct", "connect", "reconnect", "transport"; AsyncUdpConnection; TcpConnection, "pipe"; FAQ,
// "asynchronous tasks", "as a ws and wss client".
use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\AsyncUdpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Connection\UdpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$port = fn (int $n): string => (string)getenv($n === 1 ? 'PORT' : "PORT$n");

// Workers that do tasks, and those who ask them.
$task_worker = new Worker('Text://127.0.0.1:' . $port(1));
$task_worker->count = 2;
$task_worker->onMessage = function (TcpConnection $connection, $task_data) {
    $task_data = json_decode($task_data, true);
    $connection->send(json_encode(array('done' => $task_data['function'])));
};

$web_socket = new Worker('websocket://127.0.0.1:' . $port(2));
$web_socket->onMessage = function (TcpConnection $ws_connection, $message) use ($port) {
    $task_connection = new AsyncTcpConnection('Text://127.0.0.1:' . $port(1));
    $task_connection->send(json_encode(array('function' => $message, 'args' => array()))); // waits for the connection
    $task_connection->onMessage = function (AsyncTcpConnection $task_connection, $task_result) use ($ws_connection) {
        $task_connection->close();
        $ws_connection->send("task complete $task_result");
    };
    $task_connection->connect();
};

// A proxy in front of a web server.
$proxy = new Worker('tcp://127.0.0.1:' . $port(3));
$proxy->onConnect = function (TcpConnection $connection) use ($port) {
    $connection_to_80 = new AsyncTcpConnection('tcp://127.0.0.1:' . $port(4));
    $connection->pipe($connection_to_80);
    $connection_to_80->pipe($connection);
    $connection_to_80->connect();
};

$http = new Worker('http://127.0.0.1:' . $port(4));
$http->onMessage = function (TcpConnection $connection, Request $request) {
    $connection->send("behind the proxy {$request->path()} " . strlen($request->rawBody()));
};

$wss = new Worker('websocket://127.0.0.1:' . $port(5), array(
    'ssl' => array('local_cert' => __DIR__ . '/server.pem', 'local_pk' => __DIR__ . '/server.key', 'verify_peer' => false),
));
$wss->transport = 'ssl';
$wss->onMessage = function (TcpConnection $connection, $message) {
    $connection->send("wss heard $message");
};

$udp = new Worker('udp://127.0.0.1:' . $port(6));
$udp->onMessage = function (UdpConnection $connection, $data) {
    $connection->send("udp heard $data");
};

// Closes its first two visitors' connections.
$flaky = new Worker('text://127.0.0.1:' . $port(7));
$flaky->onConnect = function (TcpConnection $connection) {
    static $visits = 0;
    $visits++ < 2 ? $connection->close() : $connection->send("visit $visits");
};

$clients = new Worker();
$clients->onWorkerStart = function () use ($port) {
    $connection = new AsyncTcpConnection('tcp://127.0.0.1:' . $port(4));
    $connection->onConnect = function (AsyncTcpConnection $connection) {
        echo "connected\n";
        $connection->send("GET /asked HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    };
    $connection->onMessage = function (AsyncTcpConnection $connection, $http_buffer) {
        echo substr($http_buffer, strpos($http_buffer, "\r\n\r\n") + 4), "\n";
    };
    $connection->onClose = function () {
        echo "connection closed\n";
    };
    $connection->connect();

    $nobody = new AsyncTcpConnection('tcp://127.0.0.1:1');
    $nobody->onError = function (AsyncTcpConnection $connection, $code, $message) {
        echo "error code $code\n";
    };
    $nobody->connect();

    $again = new AsyncTcpConnection('text://127.0.0.1:' . $port(7));
    $again->onMessage = fn (AsyncTcpConnection $connection, $line) => print("came back: $line\n");
    $again->onClose = function (AsyncTcpConnection $connection) {
        $connection->reconnect(0); // in so many seconds
    };
    $again->connect();

    foreach (array(2 => false, 5 => true) as $n => $secure) {
        $con = new AsyncTcpConnection('ws://127.0.0.1:' . $port($n), array('ssl' => array('verify_peer' => false, 'verify_peer_name' => false)));
        if ($secure) {
            $con->transport = 'ssl';
        }
        $con->headers = array('X-Token' => 'secret');
        $con->onWebSocketConnect = function (AsyncTcpConnection $con) {
            $con->send('send_mail');
        };
        $con->onMessage = function (AsyncTcpConnection $con, $data) {
            echo "ws client: $data\n";
        };
        $con->connect();
    }

    $udp_connection = new AsyncUdpConnection('udp://127.0.0.1:' . $port(6));
    $udp_connection->onConnect = fn (AsyncUdpConnection $connection) => $connection->send('hi');
    $udp_connection->onMessage = function (AsyncUdpConnection $connection, $data) {
        echo "$data\n";
        $connection->close();
    };
    $udp_connection->onClose = fn () => print("udp closed\n");
    $udp_connection->connect();
};

Worker::runAll();
