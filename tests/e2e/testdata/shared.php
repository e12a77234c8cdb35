<?php

declare(strict_types=1);

// Services in memory, used by four workers at once.

use Phalanx\RateLimiter;
use Phalanx\Shared\Cache;
use Phalanx\Shared\Channel;
use Phalanx\Shared\Counter;
use Phalanx\Shared\Lock;
use Phalanx\Shared\Semaphore;
use Phalanx\Shared\Table;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

use function Phalanx\all;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 4;
$web->eventLoop = Fiber::class;
$web->onWorkerStart = static function () use (&$cache, &$table, &$counter, &$lock, &$jobs): void {
    $cache = new Cache('c', maxBytes: 4 << 20);
    $table = new Table('t', columns: ['n' => 'int', 'owner' => 'string(16)'], indexes: ['owner']);
    $counter = new Counter('n');
    $lock = new Lock('l');
    $jobs = new Channel('jobs', capacity: 10);
};
// All four begin at once: the last one that comes sets them off.
$together = static function (Worker $web, callable $work): void {
    (new Counter('here'))->add();
    (new Counter('here'))->waitFor(4);
    $work();
    (new Counter('done'))->add();
};
$kept = [];
$web->onMessage = static function (TcpConnection $connection, Request $request) use (
    $web,
    $together,
    &$cache,
    &$table,
    &$counter,
    &$lock,
    &$jobs,
    &$kept
): void {
    switch ($request->path()) {
        case '/who':
            $connection->send((string)$web->id);
            return;
        case '/work': // on each worker once, all at a time
            if ($cache->add("worked.$web->id", true)) {
                $together($web, static function () use ($web, $cache, $table, $counter, $lock, $jobs): void {
                    for ($i = 0; $i < 100; $i++) {
                        $counter->add();
                        $cache->increment('n');
                        $table->increment('row', 'n');
                        $lock->synchronized(static function () use ($cache): void {
                            $cache->set('guarded', $cache->get('guarded', 0) + 1); // get and set: the lock makes it one
                        });
                    }
                    all(array_map(static fn (int $n) => static function () use ($cache, $n): void {
                        for ($i = 0; $i < 20; $i++) {
                            $value = $cache->remember("r$i", static function () use ($cache, $i): string {
                                $cache->increment("computed$i");
                                Timer::sleep(0.002);
                                return str_repeat("$i", 3);
                            });
                            if ($value !== str_repeat("$i", 3)) {
                                throw new LogicException("remembered $value");
                            }
                        }
                    }, range(0, 9)));
                    $limiter = new RateLimiter('r', limit: 100, perSeconds: 36000);
                    for ($i = 0; $i < 100; $i++) {
                        $limiter->allow('key') && $cache->increment('allowed');
                    }
                    if ($table->compareAndSet('row', 'owner', '', "worker $web->id")) {
                        $cache->increment('owners');
                    }
                    $web->id < 2
                        ? array_map($jobs->push(...), range($web->id * 100, $web->id * 100 + 99))
                        : array_map(static fn () => $cache->set('job.' . $jobs->pop(), 1), range(0, 99));
                });
            }
            $connection->send('worked');
            return;
        case '/done':
            $connection->send((string)(new Counter('done'))->get());
            return;
        case '/results':
            $connection->send(json_encode([
                'counter' => $counter->get(), 'cache' => $cache->get('n'), 'table' => $table['row']['n'],
                'guarded' => $cache->get('guarded'), 'allowed' => $cache->get('allowed'),
                'owners' => $cache->get('owners'),
                'owned' => count($table->findKeys('owner', '')),
                'computed' => array_sum($cache->getMultiple(array_map(static fn ($i) => "computed$i", range(0, 19)))),
                'jobs' => iterator_count($cache->keys(prefix: 'job.')), 'left' => count($jobs),
            ]));
            return;
        case '/hold': // as long as this script lives
            $kept[] = $lock->acquire();
            $kept[] = (new Semaphore('s', permits: 1))->acquire();
            if ($request->get('die')) { // when three wait
                Timer::add(0.01, static fn () => $lock->waiting() < 3 || exit(5));
            }
            $connection->send("$web->id " . $lock->holder());
            return;
        case '/held':
            $connection->send(json_encode([$lock->isHeld(), (new Semaphore('s', permits: 1))->available()]));
            return;
        case '/wait':
            if ($kept) {
                $connection->send('it holds it itself');
                return;
            }
            $lock->synchronized(static fn () => $connection->send("worker $web->id had its turn"), 60.0);
            return;
        case '/waiting':
            $connection->send((string)$lock->waiting());
            return;
        case '/compute': // and never end
            $cache->remember('endless', static function () use ($counter): void {
                $counter->set(-1);
                Timer::sleep(1000);
            });
            return;
        case '/compute-and-die':
            $cache->remember('endless', static function () use ($connection): never {
                exit(5);
            });
            return;
        case '/instead':
            $connection->send($cache->remember('endless', static fn () => 'computed instead', wait: 60.0));
            return;
        case '/counter':
            $connection->send((string)$counter->get());
            return;
        case '/lose': // a Fiber that is waiting when its script ends
            $connection->send('waiting');
            $cache->set('lost', $jobs->pop(INF));
            return;
        case '/push':
            $jobs->push('value');
            $connection->send('pushed');
            return;
        case '/connect':
            try {
                Phalanx\Shared\Server::connect(__FILE__);
            } catch (Throwable $e) {
                $connection->send($e->getMessage());
            }
            return;
        case '/pop':
            $connection->send((string)json_encode([$jobs->tryPop('nothing'), $jobs->stats()['poppers']]));
            return;
    }
};
Worker::runAll();
