<?php

declare(strict_types=1);

// The application of docker/compose.yaml: counts visits in Redis, keeps them in PostgreSQL, has a job done for each.

use Phalanx\Metrics;
use Phalanx\Queue;
use Phalanx\Queue\Job;
use Phalanx\Redis;
use Phalanx\Sql\Database;
use Phalanx\Sql\Transaction;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$database = static function (): Database {
    static $database = new Database(getenv('DATABASE_URL') ?: 'pgsql://app:app@postgres/app');

    return $database;
};

$web = new Worker('http://' . (getenv('LISTEN') ?: '0.0.0.0:8080'));
$web->name = 'web';
$web->count = 2;
$web->onWorkerStart = static function () use ($database): void {
    $database()->transaction(static function (Transaction $transaction): void {
        // Two workers that create a table at once are one too many.
        $transaction->execute('SELECT pg_advisory_xact_lock(7)');
        $transaction->execute(
            'CREATE TABLE IF NOT EXISTS visit (id bigserial PRIMARY KEY, address text, at timestamptz DEFAULT now())'
        );
    });
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($database): void {
    static $redis = new Redis(getenv('REDIS_URL') ?: 'redis://redis');
    static $jobs = new Queue('visits'); // PHALANX_NATS names the server
    if ($request->path() !== '/') {
        $connection->send(new Response(404, [], "There is only /.\n"));

        return;
    }
    $number = $redis->incr('visits');
    $database()->execute('INSERT INTO visit (address) VALUES (?)', [$connection->getRemoteIp()]);
    $jobs->push(['number' => $number]);
    $connection->send("Visit $number\n");
};

$jobs = new Worker();
$jobs->name = 'jobs';
$jobs->onWorkerStart = static function (): void {
    $done = Metrics::counter('visits_handled_total', 'Jobs done.');
    (new Queue('visits'))->consume(static fn (Job $job) => $done->inc());
};

// Serves on while load balancers learn that it goes, then lets what is under way end.
Worker::$drainDelay = 2;
Worker::$stopTimeout = 10;
Worker::runAll();
