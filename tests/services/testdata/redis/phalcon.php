<?php

declare(strict_types=1);

// Phalcon's Redis adapters without the redis extension.

require __DIR__ . '/check.php';

use Phalanx\Phalcon\Storage\RedisClient;
use Phalanx\Redis as Engine;
use Phalcon\Cache\AdapterFactory as CacheAdapterFactory;
use Phalcon\Cache\Cache;
use Phalcon\Session\Adapter\Exceptions\AdapterRuntimeError;
use Phalcon\Session\Adapter\Redis as Sessions;
use Phalcon\Session\Manager;
use Phalcon\Storage\Adapter\Redis;
use Phalcon\Storage\AdapterFactory;
use Phalcon\Storage\Exceptions\AuthenticationFailed;
use Phalcon\Storage\Exceptions\ConnectionFailed;
use Phalcon\Storage\Exceptions\DatabaseSelectionFailed;
use Phalcon\Storage\SerializerFactory;

use function Phalanx\all;

same(false, extension_loaded('redis'), 'the engine is what is tested');
$server = parse_url($argv[1]);
$options = ['host' => $server['host'], 'port' => (string) $server['port'], 'index' => 3];
$make = static fn (array $more = []): Redis => new Redis(new SerializerFactory(), $more + $options);
$dsn = "redis://$server[host]:$server[port]";
$engine = new Engine("$dsn/3");
$engine->flushDb();

$storage = $make();
same(RedisClient::class, $storage->getAdapter()::class, 'the client');
$storage->set('a', ['x' => 1]);
same('a:1:{s:1:"x";i:1;}', $engine->get('ph-reds-a'), 'prefix, serializer and database are the extension\'s');
same(true, $engine->ttl('ph-reds-a') > 3500, 'the lifetime');
$storage->setForever('forever', 1);
same(-1, $engine->ttl('ph-reds-forever'), 'no time to live');
foreach ([['text', 'text'], ['', ''], [[1], [1]], [5, '5'], [1.5, '1.5'], [true, '1'], [null, null]] as [$value, $back]) {
    $storage->set('v', $value);
    same($back, $storage->get('v'), 'what is no text or array is stored as Redis has it');
}
same('default', $storage->get('none', 'default'), 'no value');
same(false, $storage->delete('none'), 'nothing to delete');
same(3, $storage->increment('n', 3), 'counting');
same(1, $storage->decrement('n', 2), 'counting down');
same(false, $storage->increment('a'), 'a text is no number');

foreach (['redis_none', 'redis_php', 'redis_json'] as $serializer) {
    $native = $make(['defaultSerializer' => $serializer, 'prefix' => "$serializer-"]);
    $native->set('text', 'value');
    same('value', $native->get('text'), $serializer);
    if ($serializer !== 'redis_none') {
        $native->set('array', ['a' => [1, null]]);
        same(['a' => [1, null]], $native->get('array', 'default'), $serializer);
        $native->set('false', false);
        same(false, $native->get('false', 'default'), $serializer);
    }
}
same('s:5:"value";', $engine->get('redis_php-text'), 'the client serializes');

// Prefixes stand for themselves.
$odd = $make(['prefix' => 'a*[b]?\\']);
$odd->set('k', 1);
$engine->set('axxb', 'of another');
$engine->set('a*[b]', 'of another');
same(['a*[b]?\\k'], $odd->getKeys(), 'keys of an odd prefix');
same(true, $odd->clear(), 'clear');
same(false, $odd->has('k'), 'cleared');
same('of another', $engine->get('axxb'), 'others stay');
for ($i = 0; $i < 500; $i++) {
    $storage->set("many-$i", $i);
}
same(500, count($storage->getKeys('many-')), 'more keys than a page has');
same(true, $storage->deleteMultiple(['many-1', 'many-2']), 'several');
same(false, $storage->deleteMultiple(['many-1', 'many-3']), 'one of them is gone');

$cache = new Cache((new CacheAdapterFactory(new SerializerFactory()))->newInstance('redis', $options));
$cache->set('one', [1]);
same(['one' => [1], 'two' => 'default'], $cache->getMultiple(['one', 'two'], 'default'), 'getMultiple');
same([], $cache->getMultiple([]), 'getMultiple of nothing');

throws(ConnectionFailed::class, fn () => $make(['port' => 1, 'timeout' => 1])->get('a'));
throws(DatabaseSelectionFailed::class, fn () => $make(['index' => 99])->get('a'), 'Redis server selected database failed');
$engine->configSet(['requirepass' => 'secret']);
try {
    foreach ([['auth' => 'wrong'], ['auth' => ['default', 'wrong']], ['readTimeout' => 9]] as $login) {
        throws(AuthenticationFailed::class, fn () => $make($login)->get('a'), 'Failed to authenticate with the Redis');
    }
    same(['x' => 1], $make(['auth' => 'secret'])->get('a'), 'the password');
    same(['x' => 1], $make(['auth' => ['default', 'secret']])->get('a'), 'user and password');
} finally {
    (new Engine(str_replace('://', '://:secret@', $dsn)))->configSet(['requirepass' => '']);
}

// Of messages that have the same session, one at a time goes on; the others wait, and the worker serves them meanwhile.
$sessions = new Sessions(
    new AdapterFactory(new SerializerFactory()),
    ['lockingEnabled' => true, 'lockRetries' => 2000, 'lockWaitTime' => 1000] + $options
);
/** Serves a request with this cookie. */
$serve = static function (string $cookie, callable $code) use ($sessions): mixed {
    $result = null;
    phalanx_request_serve("GET / HTTP/1.1\r\nCookie: $cookie\r\n\r\n", [], [], [], static function () use (
        $sessions,
        $code,
        &$result
    ): void {
        $manager = new Manager();
        $manager->setName('sid')->setAdapter($sessions)->start();
        $result = $code($manager);
    });

    return $result;
};
$inside = 0;
$visit = static fn (string $cookie): callable => static fn (): int => $serve(
    $cookie,
    static function (Manager $manager) use (&$inside): int {
        same(1, ++$inside, 'nobody else has the session');
        $count = (int) $manager->get('count') + 1;
        (new Phalanx\Fiber\Suspension())->wait(0.002);
        $manager->set('count', $count);
        $inside--;

        return $count;
    }
);
$id = $serve('', static function (Manager $manager): string {
    $manager->set('count', 0);

    return $manager->getId();
});
same(serialize('count|i:0;'), $engine->get("sess-reds-$id"), 'the session');
$counts = all(array_fill(0, 20, $visit("sid=$id")));
sort($counts);
same(range(1, 20), $counts, 'each has counted');
same(serialize('count|i:20;'), $engine->get("sess-reds-$id"), 'none is lost');
same(null, $engine->get("sess-reds-$id-lock"), 'the lock is free');

// Two sessions at once, of one adapter: each gives its own lock back.
$engine->set('sess-reds-other-lock', 'held by another process');
$impatient = new Sessions(
    new AdapterFactory(new SerializerFactory()),
    ['lockingEnabled' => true, 'lockRetries' => 2, 'lockWaitTime' => 1000] + $options
);
(new Fiber(static function () use ($impatient, $engine): void {
    $impatient->read('mine');
    same(true, $engine->get('sess-reds-mine-lock') !== null, 'held');
    $other = new Fiber(static fn () => throws(AdapterRuntimeError::class, fn () => $impatient->read('mine')));
    $other->start();
    same(true, $other->isTerminated(), 'somebody else does not get it');
    throws(AdapterRuntimeError::class, fn () => $impatient->read('other'), 'with key: sess-reds-other-lock');
    same(true, $engine->get('sess-reds-mine-lock') !== null, 'still held');
    $impatient->close();
    same(null, $engine->get('sess-reds-mine-lock'), 'given back');
}))->start();
// Fibers have locks of their own.
$engine->del('sess-reds-mine-lock');
$patient = new Sessions(
    new AdapterFactory(new SerializerFactory()),
    ['lockingEnabled' => true, 'lockRetries' => 2000, 'lockWaitTime' => 1000] + $options
);
$inside = 0;
all(array_fill(0, 10, static function () use ($patient, &$inside): void {
    $patient->read('mine');
    same(1, ++$inside, 'one Fiber at a time');
    (new Phalanx\Fiber\Suspension())->wait(0.002);
    $inside--;
    $patient->close();
}));
same(null, $engine->get('sess-reds-mine-lock'), 'the last has given it back');
same('held by another process', $engine->get('sess-reds-other-lock'), 'that of others stays');
echo "all is well\n";
