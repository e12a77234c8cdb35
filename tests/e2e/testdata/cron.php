<?php

declare(strict_types=1);

// Workers that have a job for each second.

use Phalanx\Cron;
use Workerman\Crontab\Crontab;
use Workerman\Worker;

// Also in the supervisor, which only starts workers and must not run it.
Cron::schedule('each second', '* * * * * *', static function (DateTimeImmutable $due): void {
    file_put_contents(__DIR__ . '/runs', $due->getTimestamp() . ' ' . posix_getpid() . "\n", FILE_APPEND | LOCK_EX);
}, timezone: 'Europe/Berlin');

$worker = new Worker();
$worker->name = 'jobs';
$worker->count = 4;
$worker->onWorkerStart = static function (Worker $worker): void {
    Cron::schedule('failing', '@every 1s', static function (): void {
        throw new LogicException('as it should');
    });
    if ($worker->id === 0) {
        new Crontab('* * * * * *', static fn () => null, 'drop-in');
        Worker::log('crontab: ' . json_encode(array_map(
            static fn (Crontab $c) => [$c->getId(), $c->getRule(), $c->getName()],
            Crontab::getAll(),
        )));
    }
};
Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT2');
Worker::runAll();
