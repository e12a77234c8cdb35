<?php

declare(strict_types=1);

// In a container: this is process 1, or its child.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

if (in_array('exits', $argv, true)) {
    exit(7);
}
if (in_array('dies', $argv, true)) {
    posix_kill(posix_getpid(), SIGKILL);
}
$web = new Worker('unix://' . __DIR__ . '/web.sock'); // a network is not this test's
$web->protocol = Workerman\Protocols\Http::class;
$web->onWorkerStart = static fn () => print("started\n");
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    if ($request->path() === '/orphan') {
        exec('(sleep 0.05 & sleep 0.05 &) > /dev/null 2>&1');
    }
    $states = [];
    foreach (glob('/proc/[0-9]*/stat') as $file) {
        preg_match('/^(\d+) \((.*)\) (\S)/s', (string)@file_get_contents($file), $m) && $states[] = "$m[2] $m[3]";
    }
    $connection->send(implode("\n", $states));
};
Worker::$onMasterStop = static fn () => print("master stopped, process 1 is " . file_get_contents('/proc/1/comm'));
Worker::runAll();
