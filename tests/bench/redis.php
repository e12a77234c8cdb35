<?php

declare(strict_types=1);

/*
 * Processor time of a GET of 100 bytes, of the client's whole process, in a worker of Phalanx, or through ext-redis:
 *
 *     REDIS=127.0.0.1:6379 FIBERS=100 build/phalanx tests/bench/redis.php start
 *     REDIS=127.0.0.1:6379 php -d extension=redis tests/bench/redis.php
 */

use Workerman\Events\Fiber;
use Workerman\Timer;
use Workerman\Worker;

use function Phalanx\all;

function processorTime(): float
{
    $u = \getrusage();

    return $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e6;
}

function measure(string $what, int $total, callable $run): void
{
    $run(2000);
    $began = \microtime(true);
    $cpu = \processorTime();
    $run($total);
    \printf(
        "%s: %.1f us of processor time, %.1f us each\n",
        $what,
        (\processorTime() - $cpu) / $total * 1e6,
        (\microtime(true) - $began) / $total * 1e6
    );
}

[$host, $port] = \explode(':', \getenv('REDIS') ?: '127.0.0.1:6379');
$total = (int) (\getenv('TOTAL') ?: 50000);
if (\extension_loaded('redis')) {
    $redis = new Redis();
    $redis->connect($host, (int) $port);
    $redis->set('bench', \str_repeat('x', 100));
    \measure('ext-redis', $total, static function (int $n) use ($redis): void {
        while ($n-- > 0) {
            $redis->get('bench');
        }
    });
    exit;
}
$worker = new Worker();
$worker->eventLoop = Fiber::class;
$worker->onWorkerStart = static function () use ($host, $port, $total): void {
    Timer::add(0.2, static function () use ($host, $port, $total): void {
        $fibers = (int) (\getenv('FIBERS') ?: 1);
        $redis = new Phalanx\Redis("redis://$host:$port");
        $redis->set('bench', \str_repeat('x', 100));
        \measure("Phalanx, $fibers Fibers", $total, static function (int $n) use ($redis, $fibers): void {
            all(\array_fill(0, $fibers, static function () use ($redis, $n, $fibers): void {
                for ($i = 0; $i < $n / $fibers; $i++) {
                    $redis->get('bench');
                }
            }));
        });
        \posix_kill(\posix_getppid(), \SIGINT);
    }, [], false);
};
Worker::runAll();
