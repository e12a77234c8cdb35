<?php

declare(strict_types=1);

// Uses the PSR adapters with the interfaces in the folders that it is given; PsrTest runs it.

use Phalanx\Shared\Cache;
use Phalanx\Shared\Psr\CachePool;
use Phalanx\Shared\Psr\SimpleCache;

require __DIR__ . '/../../../phpsrc/autoload.php';
require "$argv[1]/usr/share/php/Psr/SimpleCache/autoload.php";
require "$argv[2]/usr/share/php/Psr/Cache/autoload.php";

$same = static function (mixed $expected, mixed $actual): void {
    if ($expected !== $actual) {
        throw new LogicException(var_export($actual, true) . ' is not ' . var_export($expected, true));
    }
};

$refused = static function (string $class, callable ...$calls): void {
    foreach ($calls as $n => $call) {
        try {
            $call();
        } catch (Throwable $e) {
            if ($e instanceof $class) {
                continue;
            }
            throw $e;
        }
        throw new LogicException("call $n was not refused");
    }
};

$cache = new Cache('psr');
$other = new SimpleCache($cache, 'other.');
$other->set('key', 'kept');

$simple = new SimpleCache($cache, 'simple.');
$same(true, $simple instanceof Psr\SimpleCache\CacheInterface);
$same('none', $simple->get('key', 'none'));
$same(true, $simple->set('key', null));
$same(null, $simple->get('key', 'none'));
$same(true, $simple->has('key'));
$same(null, $cache->get('simple.key', 'none'));
$same(true, $simple->set('minute', 1, new DateInterval('PT1M')));
$same(true, $cache->ttl('simple.minute') > 50 && $cache->ttl('simple.minute') <= 60);
$same(true, $simple->set('minute', 1, 0));
$same(false, $simple->has('minute'));
$same(true, $simple->setMultiple(new ArrayIterator(['a' => 1, 5 => 'five']), 60));
$same(['a' => 1, 5 => 'five', 'c' => 'none'], $simple->getMultiple(new ArrayIterator(['a', '5', 'c']), 'none'));
$same(true, $simple->deleteMultiple(['a']));
$same(true, $simple->delete('nothing'));
$same(false, $simple->has('a'));
$same(true, $simple->clear());
$same(false, $simple->has('key'));
$same('kept', $other->get('key'));
$refused(
    Psr\SimpleCache\InvalidArgumentException::class,
    fn () => $simple->get(''),
    fn () => $simple->get('a{b'),
    fn () => $simple->set('a:b', 1),
    fn () => $simple->has(5),
    fn () => $simple->delete('a/b'),
    fn () => $simple->getMultiple('key'),
    fn () => $simple->setMultiple(['good' => 1, 'b@d' => 2]),
    fn () => $simple->deleteMultiple([new stdClass()]),
    fn () => $simple->set('key', 1, '60'),
);
$same(false, $simple->has('good'));

$pool = new CachePool($cache, 'pool.');
$same(true, $pool instanceof Psr\Cache\CacheItemPoolInterface);
$item = $pool->getItem('key');
$same([false, null, 'key'], [$item->isHit(), $item->get(), $item->getKey()]);
$same($item, $item->set(['v' => 1])->expiresAfter(60));
$same(true, $pool->save($item));
$same([true, ['v' => 1]], [$pool->getItem('key')->isHit(), $pool->getItem('key')->get()]);
$same(true, $cache->ttl('pool.key') > 50);
$same(true, $pool->saveDeferred($pool->getItem('later')->set('v')->expiresAt(new DateTime('+1 hour'))));
$same([true, 'v'], [$pool->hasItem('later'), $pool->getItem('later')->get()]);
$same(false, $cache->has('pool.later'));
$same(true, $pool->commit());
$same('v', $cache->get('pool.later'));
$items = $pool->getItems(['key', 'nothing']);
$same([true, false], [$items['key']->isHit(), $items['nothing']->isHit()]);
$same([], $pool->getItems());
$same(true, $pool->deleteItems(['key', 'nothing']));
$same(false, $pool->hasItem('key'));
$same(true, $pool->save($pool->getItem('later')->set(1)->expiresAt(new DateTime('-1 second'))));
$same(false, $pool->hasItem('later'));
$same(true, $pool->save($pool->getItem('null')->set(null)->expiresAfter(new DateInterval('P1D'))));
$same([true, null], [$pool->getItem('null')->isHit(), $pool->getItem('null')->get()]);
$pool->saveDeferred($pool->getItem('at the end')->set(1));
unset($pool);
$same(1, $cache->get('pool.at the end'));
$pool = new CachePool($cache, 'pool.');
$pool->saveDeferred($pool->getItem('gone')->set(1));
$same(true, $pool->clear());
$same([false, false], [$pool->hasItem('gone'), $pool->hasItem('null')]);
$same('kept', $other->get('key'));
$refused(
    Psr\Cache\InvalidArgumentException::class,
    fn () => $pool->getItem(''),
    fn () => $pool->hasItem('a\\b'),
    fn () => $pool->getItems(['good', 'b(d']),
    fn () => $pool->deleteItems(['good', 'b)d']),
    fn () => $pool->getItem('key')->expiresAfter('60'),
    fn () => $pool->getItem('key')->expiresAt(60),
);
echo "all is as the PSRs say\n";
