<?php

declare(strict_types=1);

// Workers whose first onWorkerStart fails.

use Workerman\Worker;

foreach (['throws', 'exits', 'stops'] as $how) {
    $worker = new Worker();
    $worker->name = $how;
    $worker->onWorkerStart = static function () use ($how): void {
        if (!is_file(__DIR__ . "/$how")) {
            touch(__DIR__ . "/$how");
            match ($how) {
                'throws' => throw new RuntimeException('not at once'),
                'exits' => exit(5),
                'stops' => Worker::stopAll(6, 'not yet'),
            };
            return;
        }
        echo "started $how\n";
    };
}
Worker::$onWorkerExit = static fn (Worker $worker, int $status) => print("$worker->name ended with $status\n");
Worker::runAll();
