<?php

/*
 * What a call of Phalanx\Shared costs, beside an array of PHP's and, where PHP's redis extension is loaded and REDIS_PORT
 * names a server on 127.0.0.1, beside a GET of Redis. By the processor time of this process, the best of several rounds:
 *
 *     build/phalanx tests/bench/shared.php
 */

declare(strict_types=1);

use Phalanx\RateLimiter;
use Phalanx\Shared\Cache;
use Phalanx\Shared\Channel;
use Phalanx\Shared\Counter;
use Phalanx\Shared\Lock;
use Phalanx\Shared\Table;

function cpu(): float
{
    $u = getrusage();

    return $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e6;
}

/** Prints nanoseconds of one turn, the loop and the closure's call included. */
function measure(string $what, callable $turn, int $n = 200_000): void
{
    $best = INF;
    for ($round = 0; $round < 7; $round++) {
        $start = cpu();
        for ($i = 0; $i < $n; $i++) {
            $turn();
        }
        $best = min($best, (cpu() - $start) / $n * 1e9);
    }
    printf("%-52s %8.0f\n", $what, $best);
}

$array = ['key' => 'value'];
$user = ['id' => 5, 'name' => 'Ann', 'tags' => ['a', 'b']];
$cache = new Cache('bench');
$cache->set('key', 'value');
$cache->set('page', str_repeat('x', 10_000));
$cache->set('user', $user);
$cache->set('object', (object)$user);
$counter = new Counter('bench');
$table = new Table('bench', columns: ['name' => 'string(16)', 'n' => 'int']);
$row = ['name' => 'Ann', 'n' => 1];
$table->set('row', $row);
$lock = new Lock('bench');
$channel = new Channel('bench', capacity: 10);
$limiter = new RateLimiter('bench', limit: 1_000_000);

measure('an empty closure', static fn () => null);
measure('$array[\'key\']', static fn () => $array['key']);
measure('$cache->get(), 5 bytes', static fn () => $cache->get('key'));
measure('$cache->get(), 10,000 bytes', static fn () => $cache->get('page'));
measure('$cache->get(), an array of 3', static fn () => $cache->get('user'));
measure('$cache->get(), an object', static fn () => $cache->get('object'));
measure('$cache->remember(), there', static fn () => $cache->remember('key', static fn () => 1));
measure('$cache->set(), 5 bytes', static fn () => $cache->set('key', 'value'));
measure('$cache->set(), with a time to live', static fn () => $cache->set('key', 'value', 60.0));
measure('$cache->set(), with tags', static fn () => $cache->set('tagged', 'value', tags: ['a']));
measure('$cache->set(), an array of 3', static fn () => $cache->set('user', $user));
measure('$cache->increment()', static fn () => $cache->increment('n'));
measure('$counter->add()', static fn () => $counter->add());
measure('$table->increment()', static fn () => $table->increment('row', 'n'));
measure('$table->value()', static fn () => $table->value('row', 'n'));
measure('$table->get()', static fn () => $table->get('row'));
measure('$table->set()', static fn () => $table->set('row', $row));
measure('$lock->acquire()->release()', static fn () => $lock->acquire()->release());
measure('$channel->push(), $channel->pop()', static function () use ($channel): void {
    $channel->push('value');
    $channel->pop();
});
measure('$limiter->allow()', static fn () => $limiter->allow('192.0.2.7'));
if (extension_loaded('redis') && getenv('REDIS_PORT')) {
    $redis = new Redis();
    $redis->connect('127.0.0.1', (int)getenv('REDIS_PORT'));
    $redis->set('key', 'value');
    measure('$redis->get(), ext-redis, without the server\'s', static fn () => $redis->get('key'), 20_000);
}
