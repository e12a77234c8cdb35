<?php

declare(strict_types=1);

// A script beside a running server: what it opens is the server's.

use Phalanx\RateLimiter;
use Phalanx\Shared\Cache;
use Phalanx\Shared\Channel;
use Phalanx\Shared\Counter;
use Phalanx\Shared\Lock;
use Phalanx\Shared\Server;
use Phalanx\Shared\Table;
use Phalanx\Shared\TimeoutException;

Server::connect(__DIR__ . '/shared.php');
$say = static fn (mixed ...$values) => print(json_encode($values) . "\n");

$counter = new Counter('n');
$say('counter', $counter->add(), $counter->add(41), $counter->get());

$cache = new Cache('c');
$object = new DateTimeImmutable('2020-02-29');
$array = ['a' => [1, 2.5, null]];
$say(
    'cache',
    $cache->set('from outside', $array),
    $cache->get('from outside'),
    $cache->set('o', $object),
    $cache->get('o') == $object,
    $cache->increment('n', 5),
    $cache->get('nothing', 'default'),
    $cache->has('o')
);
$say('remember', $cache->remember('made', static fn () => 'here'), $cache->remember('made', static fn () => 'again'));
$keys = iterator_to_array($cache->keys(), false);
sort($keys);
$cached = count($cache);
$say('keys', $keys, $cached, $cache->set('t', 1, 60, ['x']), $cache->invalidateTag('x'), $cache->stats()['maxBytes']);

$table = new Table('t');
$table->set('row', ['n' => 1, 'owner' => 'script']);
$say('table', $table->increment('row', 'n'), $table['row'], iterator_to_array($table->find('owner', 'script')));

$lock = new Lock('l');
$permit = $lock->acquire(1.0, 'the script');
$say('lock', $lock->holder());
try {
    $lock->acquire(0.05);
} catch (TimeoutException $e) {
    $say($e->getMessage());
}
$permit->release();
$permit = $lock->acquire(1.0);
unset($permit);
$say($lock->isHeld());

$jobs = new Channel('jobs');
$jobs->push(['job' => 1]);
$say('channel', $jobs->pop(1.0), count($jobs));
try {
    $jobs->pop(1.5); // longer than one answer is waited for
} catch (TimeoutException $e) {
    $say($e->getMessage());
}
$say('limiter', (new RateLimiter('outside', limit: 1))->allow('k'), (new RateLimiter('outside', limit: 1))->allow('k'));

foreach (
    [
        static fn () => new Cache('c', maxBytes: 1 << 20),
        static fn () => $cache->increment('o'),
        static fn () => Channel::select([$jobs]),
        static fn () => Server::connect('/nowhere.php'),
    ] as $fails
) {
    try {
        $fails();
    } catch (Throwable $e) {
        $say($e::class, $e->getMessage());
    }
}
$held = $lock->acquire(holder: 'a script that is about to be killed');
if (($argv[1] ?? '') === 'hold') {
    echo "holding\n";
    sleep(60);
}
Server::disconnect();
$say('own', (new Counter('n'))->get());
