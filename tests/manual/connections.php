<?php
// Manual: TcpConnection, "protocol", "id", "worker", "defaultMaxPackageSize", "defaultMaxSendBufferSize", "destroy"; Worker,
// "connections"; FAQ, "close unauthenticated connections", "IPv6", "hexadecimal data", "flash", "max requests".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

TcpConnection::$defaultMaxPackageSize = 1000;
TcpConnection::$defaultMaxSendBufferSize = 2 * 1024 * 1024;

// A protocol that each connection gets when it is there.
$tcp = new Worker('tcp://127.0.0.1:' . getenv('PORT'));
$tcp->onConnect = function (TcpConnection $connection) {
    $connection->protocol = 'Workerman\\Protocols\\Http';
};
$tcp->onMessage = function (TcpConnection $connection, Request $request) {
    $connection->send('hello ' . $request->get('name'));
};

// Who does not log in has to leave.
$login = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$login->onConnect = function (TcpConnection $connection) {
    $connection->auth_timer_id = Timer::add(0.3, function () use ($connection) {
        $connection->close('too late');
    }, null, false);
};
$login->onMessage = function (TcpConnection $connection, $line) {
    if ($line === 'destroy') {
        $connection->destroy();
        return;
    }
    if ($line === 'login') {
        Timer::del($connection->auth_timer_id);
        $connection->send("welcome $connection->id of " . count($connection->worker->connections)
            . " $connection->maxPackageSize $connection->maxSendBufferSize");
        return;
    }
    foreach ($connection->worker->connections as $id => $con) {
        $con->send("$connection->id says to $id: " . bin2hex($line));
    }
};

// Another version of IP, and a worker that lives for so many requests.
$six = new Worker('http://[::1]:' . getenv('PORT3'));
$six->onMessage = function (TcpConnection $connection, Request $request) {
    static $request_count = 0;
    $connection->send(json_encode([
        ++$request_count, $connection->getRemoteIp(), $connection->getLocalIp(), $connection->isIpV6(), $connection->isIpV4(),
    ]));
    if ($request_count === 3) {
        Worker::stopAll();
    }
};

// Plain bytes, then the end of the connection.
$flash = new Worker('tcp://127.0.0.1:' . getenv('PORT4'));
$flash->onMessage = function (TcpConnection $connection, $message) {
    $connection->send("policy for $message\0");
    $connection->close();
};

Worker::runAll();
