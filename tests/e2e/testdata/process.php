<?php

declare(strict_types=1);

// Who workers are and where they run; settings come from the environment.

use Workerman\Connection\TcpConnection;
use Workerman\Worker;

function worker(string $address, string $name, int $count): Worker
{
    $worker = new Worker($address);
    $worker->name = $name;
    $worker->count = $count;
    $worker->onWorkerStart = static function (Worker $worker): void {
        echo "started $worker->name $worker->id\n";
        Worker::log("logged by $worker->name $worker->id");
        @file_put_contents(__DIR__ . "/out/$worker->name-$worker->id", (string)posix_getuid());
    };
    $worker->onMessage = static function (TcpConnection $connection, mixed $data) use ($worker): void {
        $connection->send(json_encode([
            'pid' => posix_getpid(), 'ppid' => posix_getppid(), 'worker' => $worker->name, 'id' => $worker->id,
            'uid' => posix_getuid(), 'euid' => posix_geteuid(), 'gid' => posix_getgid(), 'groups' => posix_getgroups(),
            'code' => require __DIR__ . '/code.inc',
        ]));
    };

    return $worker;
}

$web = worker('http://127.0.0.1:' . getenv('PORT1'), 'web', 4);
$web->reusePort = (bool)getenv('REUSE_PORT');
$text = worker('text://127.0.0.1:' . getenv('PORT2'), 'text', 2);
$text->user = (string)getenv('TEXT_USER');
$text->group = (string)getenv('TEXT_GROUP');
$local = worker('unix://' . __DIR__ . '/local.sock', 'local', 1);
$local->user = (string)getenv('TEXT_USER');

Worker::$onWorkerExit = static fn (Worker $w, int $status) => print("exit of $w->name with $status\n");
Worker::runAll();
