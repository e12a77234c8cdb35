<?php

declare(strict_types=1);

// One of several machines, each with two workers, of which one runs the job each second.

use Phalanx\Cron;
use Workerman\Worker;

$folder = getenv('CRON_FOLDER');
Worker::$pidFile = "$folder/pid-" . getenv('CRON_MACHINE');
Worker::$logFile = "$folder/log-" . getenv('CRON_MACHINE');
$worker = new Worker();
$worker->count = 2;
$worker->onWorkerStart = static function () use ($folder): void {
    Cron::schedule(getenv('CRON_JOB'), '* * * * * *', static function (DateTimeImmutable $due) use ($folder): void {
        $line = $due->getTimestamp() . ' ' . getenv('CRON_MACHINE') . "\n";
        file_put_contents("$folder/runs", $line, FILE_APPEND | LOCK_EX);
    }, timezone: 'UTC', cluster: getenv('CRON_SERVER'));
    echo "registered\n";
};
Worker::runAll();
