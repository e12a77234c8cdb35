<?php

// Jobs of certain seconds; crontab looks at its rules at the beginning of each minute.

use Workerman\Crontab\Crontab;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

$worker = new Worker();
$worker->onWorkerStart = static function (): void {
    $every = new Crontab('*/1 * * * * *', static function (): void {
        echo 'every second at ', date('s') + 0, "\n";
    }, 'often');
    new Crontab('1-3 * * * * *', static function () use ($every): void {
        echo "some seconds\n";
        if ((int)date('s') >= 3) {
            $every->destroy();
        }
    });
    echo 'rules ', json_encode(array_map(
        static fn (Crontab $job): array => [$job->getRule(), $job->getName(), $job->getId()],
        array_values(Crontab::getAll())
    )), "\n";
};
Worker::runAll();
