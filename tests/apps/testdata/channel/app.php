<?php

// Publish and subscribe across workers, and a queue of which each message goes to one of them.

use Channel\Client;
use Channel\Server;
use Workerman\Connection\TcpConnection;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

new Server('127.0.0.1', (int)getenv('PORT2'));
$worker = new Worker('text://127.0.0.1:' . getenv('PORT'));
$worker->name = 'chat';
$worker->count = 3;
$worker->reusePort = true;
$worker->onWorkerStart = static function (Worker $worker): void {
    Client::connect('127.0.0.1', (int)getenv('PORT2'));
    Client::on('say', static function (array $said) use ($worker): void {
        foreach ($worker->connections as $connection) {
            $connection->send("$said[0]: $said[1]");
        }
    });
    Client::on("to $worker->id", static function (string $text) use ($worker): void {
        echo "worker $worker->id got $text\n";
        Client::unsubscribe("to $worker->id");
        Client::publish('unsubscribed', $worker->id);
    });
    Client::on('unsubscribed', static fn (int $id) => print("worker $worker->id heard of $id\n"));
    Client::watch('jobs', static function (int $job) use ($worker): void {
        echo "job $job done\n";
        Client::publish('done', $job);
    });
    Client::$onConnect = static fn () => print("worker $worker->id is connected\n");
};
$worker->onMessage = static function (TcpConnection $connection, string $line) use ($worker): void {
    match (strtok($line, ' ')) {
        'say' => Client::publish('say', [$worker->name, substr($line, 4)]),
        'to' => Client::publish($line, 'a note'),
        'jobs' => array_map(static fn (int $job) => Client::enqueue('jobs', $job), range(1, 6)),
        'loop' => Client::publish(['say'], ['once', 'only'], true),
    };
};
Worker::runAll();
