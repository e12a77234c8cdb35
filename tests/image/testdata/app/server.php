<?php

declare(strict_types=1);

// An application in an image of its own.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

$web = new Worker('http://0.0.0.0:8080');
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    match ($request->path()) {
        '/slow' => touch('/tmp/slow')
            && Timer::add(1.0, static fn () => $connection->send('done'), [], false),
        default => $connection->send((string)json_encode([
            'user' => posix_getuid(),
            'group' => posix_getgid(),
            'one' => trim((string)file_get_contents('/proc/1/comm')),
            'writable' => array_values(array_filter(
                ['/', '/app', '/etc', '/opt/phalanx', '/home/phalanx', '/usr/local/bin', '/tmp'],
                static fn (string $folder): bool => @touch("$folder/probe")
            )),
            'privileges' => preg_match('/^CapEff:\s*(\w+)/m', (string)file_get_contents('/proc/self/status'), $m)
                ? $m[1] : '',
        ])),
    };
};
Worker::$drainDelay = 0.2;
Worker::$stopTimeout = 8;
Worker::runAll();
