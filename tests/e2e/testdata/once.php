<?php

declare(strict_types=1);

// Values that all workers share, made by the supervisor, by a worker, and at the third attempt.

use Phalanx\Once;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$early = Once::value('early', static fn () => bin2hex(random_bytes(8)));
$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->count = 4;
$web->reusePort = true;
$web->onWorkerStart = static function (Worker $worker) use (&$late, &$hard): void {
    $late = Once::value('late', static function (): array {
        echo "making late\n";
        usleep(100_000); // the others ask meanwhile
        return ['key' => bin2hex(random_bytes(8)), 'bytes' => "\0\xff"];
    });
    $hard = Once::value('hard', static function (): int {
        $attempt = strlen((string)@file_get_contents(__DIR__ . '/attempts')) + 1;
        file_put_contents(__DIR__ . '/attempts', '.', FILE_APPEND);
        usleep(50_000);
        return match ($attempt) {
            1 => exit(3),
            2 => throw new RuntimeException('the second attempt fails'),
            default => $attempt,
        };
    });
    echo "started $worker->id\n";
};
$web->onMessage = static function (TcpConnection $connection) use ($web, $early, &$late, &$hard): void {
    $connection->send(json_encode([
        'id' => $web->id, 'early' => $early, 'late' => $late['key'], 'bytes' => bin2hex($late['bytes']), 'hard' => $hard,
    ]));
};
Worker::$onMasterReload = static fn () => print("the master has $early\n");
Worker::runAll();
