<?php

/*
 * Timers: once, again and again, and stopped. This worker listens to nothing.
 *
 *     phalanx examples/timer.php start
 */

declare(strict_types=1);

use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker();
$worker->name = 'clock';

$worker->onWorkerStart = static function (): void {
    Timer::add(0.5, static function (): void {
        echo "half a second has passed\n";
    }, [], false);

    $ticks = 0;
    $timer = Timer::add(1.0, static function () use (&$ticks, &$timer): void {
        echo 'tick ', ++$ticks, "\n";
        if ($ticks === 3) {
            Timer::del($timer);
            echo "no more ticks\n";
        }
    });
};

Worker::runAll();
