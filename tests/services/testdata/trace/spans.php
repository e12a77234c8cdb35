<?php

declare(strict_types=1);

// Calls of databases and of Redis within spans, in Fibers that take turns too: spans.php ENDPOINT SQL... REDIS

use Phalanx\Redis;
use Phalanx\Redis\Connection;
use Phalanx\Redis\Pipeline;
use Phalanx\Redis\Transaction;
use Phalanx\Sql;
use Phalanx\Trace;

use function Phalanx\all;

Trace::configure(service: 'services', endpoint: $argv[1], sample: 1.0);
$redis = new Redis(array_pop($argv));
$redis->ping(); // in no span
foreach (array_slice($argv, 2) as $dsn) {
    $db = new Sql\Database($dsn);
    $kind = explode(':', $dsn)[0];
    Trace::span("$kind one", static fn () => $db->value('SELECT 41 + 1'));
    Trace::span("$kind transaction", static function () use ($db): void {
        $db->transaction(static fn (Sql\Transaction $tx) => $tx->value("SELECT 'a secret'"));
    });
    try {
        Trace::span("$kind failing", static fn () => $db->value('SELECT no_such_column'));
    } catch (Sql\Exception) {
        // the span tells
    }
    Trace::span("$kind fibers", static fn () => all(array_map(
        static fn (string $name) => Trace::bind(static fn () => Trace::span("$kind $name", static fn () => $db->value('SELECT 1'))),
        ['a', 'b'],
    )));
}
Trace::span('redis one', static fn () => $redis->set('key', 'a secret'));
Trace::span('redis pipeline', static fn () => $redis->pipeline(static function (Pipeline $p): void {
    $p->get('key');
    $p->get('other');
}));
Trace::span('redis multi', static fn () => $redis->multi()->get('key')->exec());
Trace::span('redis connection', static fn () => $redis->watch('key', static function (Connection $c, Transaction $t): void {
    $c->get('key');
    $t->get('key');
}));
Trace::span('redis failing', static function () use ($redis): void {
    try {
        $redis->incr('key');
    } catch (Redis\Exception\RedisException) {
        // the span tells
    }
});
