<?php

declare(strict_types=1);

// Subscriptions, locks, rate limits, consumers of streams, the cache on this side, and waits that end early.

require __DIR__ . '/check.php';

use Phalanx\RateLimiter;
use Phalanx\Redis;
use Phalanx\Redis\Exception\LockTimeoutException;
use Phalanx\Redis\Exception\UsageException;

use function Phalanx\all;
use function Phalanx\async;
use function Phalanx\await;
use function Phalanx\timeout;

[, $dsn, $protocol] = $argv;
$r = new Redis($dsn, protocol: (int) $protocol);
$r->flushAll();

/** Waits for what a server does a moment later. */
function soon(callable $condition, string $what): void
{
    for ($i = 0; !($is = $condition()) && $i < 2000; $i++) {
        \usleep(5000);
    }
    same(true, $is, $what);
}

// Subscriptions
$s = $r->subscribe(['a', 'b']);
same(['a' => 1, 'b' => 1], $r->pubSubNumSub('a', 'b'), 'the server has confirmed');
$second = $r->subscribe('a');
same(1, $r->pubSubNumSub('a')['a'], 'a process subscribes once');
$r->publish('a', "one\0");
$r->publish('b', 'two');
same("one\0", $s->next(5)->payload, 'next');
same('b', $s->next(5)->channel, 'channel');
same("one\0", $second->next(5)->payload, 'for each subscription');
same(null, $s->next(0.01), 'no more');
$p = $r->pSubscribe('n*');
$shard = $r->sSubscribe('sh');
$r->publish('news', 'x');
$r->sPublish('sh', 'y');
$m = $p->next(5);
same(['news', 'x', 'n*'], [$m->channel, $m->payload, $m->pattern], 'a pattern');
same('y', $shard->next(5)->payload, 'a sharded channel');
unset($second);
$s->unsubscribe('a');
same(['b'], $s->channels(), 'channels');
soon(fn () => $r->pubSubNumSub('a')['a'] === 0, 'the last one unsubscribes');
$r->publish('b', 'yes');
same('yes', $s->next(5)->payload, 'the other channel goes on');
$s->add('c');
$r->publish('c', 'added');
same('added', $s->next(5)->payload, 'add');
same(1, \count($r->clientList('TYPE', 'pubsub')), 'one connection for all');
$s->unsubscribe();
same(null, $s->next(), 'ended');
throws(UsageException::class, fn () => $s->add('x'), 'ended');
unset($p, $shard);
soon(fn () => $r->clientList('TYPE', 'pubsub') === [], 'no connection is left');
same(0, $r->stats()['dedicated'], 'stats');
throws(UsageException::class, fn () => $r->subscribe(''), 'name');

$reader = async(function () use ($r): string {
    $all = '';
    foreach ($r->subscribe('it') as $m) {
        $all .= $m->payload;
        if ($m->payload === '3') {
            break;
        }
    }

    return $all;
});
soon(fn () => $r->pubSubNumSub('it')['it'] === 1, 'subscribed');
for ($i = 1; $i < 4; $i++) {
    $r->publish('it', (string) $i);
}
same('123', await($reader), 'iteration');

$got = [];
$subscription = $r->subscribe('cb', function (string $message, string $channel) use (&$got): void {
    $got[] = "$channel $message";
});
$pipeline = $r->pipeline();
for ($i = 0; $i < 1000; $i++) {
    $pipeline->publish('cb', (string) $i);
}
$pipeline->exec();
await(async(function () use ($r, &$got): void {
    while (\count($got) < 1000) {
        $r->ping();
    }
}));
same(\array_map(fn (int $i): string => "cb $i", \range(0, 999)), $got, 'callbacks, in order');
$subscription->unsubscribe();

// Locks
$lock = $r->lock('lock:x', ttl: 0.3);
same(true, $lock->acquire(), 'acquire');
throws(UsageException::class, fn () => $lock->acquire(), 'held already');
$other = $r->lock('lock:x', ttl: 5);
same(false, $other->acquire(), 'another has it');
same(false, $other->acquire(wait: 0.8), 'it is renewed while it is held');
same([true, 1], [$lock->held(), $r->exists('lock:x')], 'held');
throws(LockTimeoutException::class, fn () => $r->synchronized('lock:x', fn () => 1, wait: 0.01), 'lock:x');
same(true, $lock->release(), 'release');
same(false, $lock->release(), 'released already');
same(true, $other->acquire(), 'free again');
$r->set('lock:x', 'of somebody else');
same(false, $other->release(), 'lost');
same('of somebody else', $r->get('lock:x'), 'what is not its own stays');
$r->del('lock:x');
same(true, $other->acquire(), 'and again');
unset($other);
soon(fn () => $r->exists('lock:x') === 0, 'goes with its object');
same(5, $r->synchronized('m', fn () => 5), 'synchronized');
$inside = 0;
$most = 0;
all(\array_fill(0, 10, function () use ($r, &$inside, &$most): void {
    $r->synchronized('m', function () use ($r, &$inside, &$most): void {
        $most = \max($most, ++$inside);
        $r->ping();
        $inside--;
    });
}));
same(1, $most, 'one at a time');

// Rate limits
for ($i = 0; $i < 3; $i++) {
    $limit = $r->limit('limit', rate: 3, period: 1000);
    same([true, 2 - $i, 0.0], [$limit->allowed, $limit->remaining, $limit->retryAfter], "limit $i");
}
$limit = $r->limit('limit', rate: 3, period: 1000);
same([false, 0], [$limit->allowed, $limit->remaining], 'limited');
same(true, $limit->retryAfter > 300 && $limit->retryAfter < 334 && $limit->resetAfter <= 1000, 'when');
same(0, $r->limit('limit', 3, 1000, cost: 0)->remaining, 'only a look');
same([true, 5], [$r->limit('limit2', 1, 1000, burst: 10, cost: 5)->allowed, $r->limit('limit2', 1, 1000, 10, 0)->remaining], 'cost');
throws(UsageException::class, fn () => $r->limit('limit', 1, cost: 2), 'burst');

$limiter = new RateLimiter('api', limit: 3, perSeconds: 1000, backend: new RateLimiter\RedisBackend($r));
same([true, true, true, false], \array_map($limiter->allow(...), ['ada', 'ada', 'ada', 'ada']), 'a limiter that counts in Redis');
$result = $limiter->attempt('ada');
same([false, 0, 3], [$result->allowed, $result->remaining, $result->limit], 'its result');
same([false, \INF, 3], [$limiter->attempt('eve', 4)->allowed, $limiter->attempt('eve', 4)->retryAfter,
    $limiter->attempt('eve', 0)->remaining], 'what never can be');
$limiter->reset('ada');
same(true, $limiter->allow('ada'), 'reset');
same(1, $r->exists('limit:api:ada'), 'the key');

// Consumers of streams
$consumer = $r->consumer('stream', 'g', 'me', from: '0');
$r->xAdd('stream', '*', ['n' => 1]);
$r->xAdd('stream', '*', ['n' => 2]);
$seen = [];
try {
    $consumer->run(function (array $fields) use (&$seen): void {
        $seen[] = $fields['n'];
        if ($fields['n'] === '2') {
            throw new RuntimeException('no');
        }
    }, wait: 0.01);
} catch (RuntimeException $e) {
    same('no', $e->getMessage(), 'what the handler throws');
}
same(['1', '2'], $seen, 'messages');
same(1, $consumer->run(function (array $fields) use (&$seen): void {
    $seen[] = $fields['n'];
}, wait: 0.01, endless: false), 'what was not acknowledged comes again');
same(['1', '2', '2'], $seen, 'messages');
same(0, $r->xPending('stream', 'g')[0], 'nothing is pending');
$r->xAdd('stream', '*', ['n' => 3]);
$r->xReadGroup('g', 'dead', ['stream' => '>']);
same(1, $consumer->run(fn () => null, wait: 0.01, claimAfter: 0.001, endless: false), 'what another has left');

// Waits that end early
throws(Phalanx\Exception\TimeoutException::class, fn () => timeout(0.05, fn () => $r->blPop('nothing', 0)));
soon(fn () => $r->info('clients')['blocked_clients'] === '0', 'the server has given up the first');
$task = async(fn () => $r->blPop('nothing', 0));
soon(fn () => $r->info('clients')['blocked_clients'] === '1', 'blocked');
$task->cancel();
throws(Phalanx\Exception\CancelledException::class, fn () => await($task));
soon(fn () => $r->info('clients')['blocked_clients'] === '0', 'the server hears of it');
same([null, null, null], all(\array_fill(0, 3, fn () => $r->blPop('nothing', 0.1))), 'several block at the same time');
$few = new Redis($dsn, maxDedicated: 1, timeout: 0.2);
$holds = $few->connection();
throws(UsageException::class, fn () => $few->blPop('nothing', 0.01), '$maxDedicated');
$holds->close();
same(null, $few->blPop('nothing', 0.01), 'free again');
$few->get('x');
$r->clientPause(1000, 'ALL');
$error = throws(Redis\Exception\TimeoutException::class, fn () => $few->get('x'), 'no answer to GET within 200ms');
same('GET', $error->getCommand(), 'which');
same('PONG', (new Redis($dsn, timeout: 10))->ping(), 'the server goes on');
same(null, $few->get('x'), 'and so does the client');

// The cache on this side
if ((int) $protocol === 3) {
    $cached = (new Redis($dsn, cacheBytes: 1 << 20))->cached();
    $r->set('c', 1);
    same('1', $cached->get('c'), 'cached');
    $before = (int) $r->info('commandstats')['cmdstat_get'] ?: $r->info('commandstats')['cmdstat_get'];
    for ($i = 0; $i < 100; $i++) {
        $cached->get('c');
    }
    same($before, (int) $r->info('commandstats')['cmdstat_get'] ?: $r->info('commandstats')['cmdstat_get'], 'no command is sent');
    $r->set('c', 2);
    soon(fn () => $cached->get('c') === '2', 'the server says what has changed');
    throws(UsageException::class, fn () => $cached->set('c', 1), 'cannot be cached');
    throws(UsageException::class, fn () => $cached->mGet(['a', 'b']), 'cannot be cached');
} else {
    throws(UsageException::class, fn () => new Redis($dsn, protocol: 2, cacheBytes: 1), 'protocol 3');
}

// Secrets
\ob_start();
\var_dump($r, $r->connection());
\print_r($r);
same(false, \str_contains(\ob_get_clean(), 's3cret'), 'no password in dumps');
$error = throws(UsageException::class, fn () => new Redis('redis://user:s3cret@h:x'), 'host');
same(false, \str_contains((string) $error, 's3cret'), 'nor in traces');
same(false, \str_contains(\serialize($error->getMessage()) . $r->address(), 's3cret'), 'nor in messages');
throws(Exception::class, fn () => \serialize($r));
echo "all is well\n";
