<?php

declare(strict_types=1);

// A cluster of three masters.

require __DIR__ . '/check.php';

use Phalanx\Redis;
use Phalanx\Redis\Exception\CommandException;
use Phalanx\Redis\Exception\UsageException;

$r = new Redis($argv[1], protocol: (int) $argv[2]);
$r->flushAll();
$pairs = [];
for ($i = 0; $i < 100; $i++) {
    $pairs["k$i"] = (string) $i;
}
same(true, $r->mSet($pairs), 'mSet over all slots');
same(\array_values($pairs), $r->mGet(\array_keys($pairs)), 'mGet over all slots, in order');
same(['7', null], $r->mGet(['k7', 'missing']), 'mGet of nothing');
same(3, $r->exists('k1', 'k2', 'k3', 'missing'), 'exists');
same(2, $r->touch(['k1', 'k2']), 'touch');
same(100, $r->dbSize(), 'dbSize of all');
same(100, \count($r->keys('k*')), 'keys of all');
same(100, \count(\array_unique(\iterator_to_array($r->scan('k*', 10), false))), 'scan of all');
same(3, $r->del('k1', 'k2', 'k3', 'missing'), 'del');
same(2, $r->unlink(['k4', 'k5']), 'unlink');
$pipeline = $r->pipeline();
for ($i = 10; $i < 40; $i++) {
    $pipeline->get("k$i");
}
same(\array_map(strval(...), \range(10, 39)), $pipeline->exec(), 'a pipeline over all slots');
$error = throws(CommandException::class, fn () => $r->sInter('a', 'b', 'c'), 'braces');
same('CROSSSLOT', $error->getPrefix(), 'prefix');
throws(CommandException::class, fn () => $r->pipeline()->mGet(['a', 'b', 'c'])->exec(), 'CROSSSLOT');
same(2, $r->sAdd('{x}a', 1, 2) + $r->sAdd('{x}b', 2, 3) - 2, 'sAdd');
same(['2'], $r->sInter('{x}a', '{x}b'), 'keys of one slot');
same([1, true, '5'], $r->multi()->incr('{x}n')->set('{x}m', 5)->get('{x}m')->exec(), 'a transaction');
throws(CommandException::class, fn () => $r->multi()->incr('a')->incr('b')->exec(), 'one slot');
same([true], $r->watch('{x}n', fn (Redis\Connection $c, Redis\Transaction $t) => $t->set('{x}n', $c->get('{x}n') + 1)), 'watch');
same('2', $r->get('{x}n'), 'watched');
throws(CommandException::class, function () use ($r): void {
    $c = $r->connection();
    $c->get('{x}n');
    $c->get('other');
}, 'CROSSSLOT');
throws(UsageException::class, fn () => $r->connection()->ping(), 'has a key');
same(['{x}a', 1], $r->eval('return {KEYS[1], 1}', ['{x}a'], 1), 'eval');
$script = $r->script('return redis.call("GET", KEYS[1])');
foreach (['k20', 'k21', 'k22', 'k23'] as $key) {
    same(\substr($key, 1), $script([$key]), 'a script on each node');
}
same(40, \strlen($r->scriptLoad('return 1')), 'scriptLoad on all');
for ($i = 0; $i < 20; $i++) {
    same(1, $r->evalSha('e0e1f9fabfc9d4800c877a703b823ac0578ff8db', ["key$i"], 1), 'known on all');
}
same(['{x}q', '1'], $r->rPush('{x}q', 1) === 1 ? $r->blPop(['{x}p', '{x}q'], 1) : null, 'blPop');
$s = $r->subscribe(['one', 'two', 'three']);
$r->publish('two', 'x');
same('x', $s->next(5)?->payload, 'subscribe');
$shards = $r->sSubscribe(['a', 'b', 'c', 'd', 'e']);
foreach (['a', 'b', 'c', 'd', 'e'] as $channel) {
    $r->sPublish($channel, "to $channel");
    same("to $channel", $shards->next(5)?->payload, 'sharded channels of all nodes');
}
$lock = $r->lock('l');
same([true, true], [$lock->acquire(), $lock->release()], 'lock');
same(true, $r->limit('limit', 1)->allowed, 'limit');
same([1, ['stream' => ['1-1' => ['a' => '1']]]], [
    \count($r->xRange('stream', $r->xAdd('stream', '1-1', ['a' => 1]))), $r->xRead(['stream' => '0']),
], 'streams');
same(3, \count($r->clusterShards()), 'clusterShards');
echo "all is well\n";
