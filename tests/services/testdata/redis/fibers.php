<?php

declare(strict_types=1);

// A thousand Fibers over one connection, and over ten that block.

require __DIR__ . '/check.php';

use Phalanx\Redis;

use function Phalanx\all;

$r = new Redis($argv[1], clientName: 'fibers', maxDedicated: 10, timeout: 30.0);
$r->flushDb();
$tasks = [];
for ($i = 0; $i < 1000; $i++) {
    $tasks[$i] = function () use ($r, $i): string {
        $r->set("f$i", $i);
        $r->incr('all');

        return $r->get("f$i");
    };
}
same(\array_map(strval(...), \range(0, 999)), all($tasks), 'each has its own answers');
same('1000', $r->get('all'), 'all');
$connections = fn (): int => \count(\array_filter($r->clientList(), fn (array $c): bool => $c['name'] === 'fibers'));
same(1, $connections(), 'one connection');
$tasks = [];
for ($i = 0; $i < 1000; $i++) {
    $tasks[$i] = function () use ($r, $i): ?array {
        $r->rPush("q$i", $i);

        return $r->blPop("q$i", 30);
    };
}
$popped = all($tasks);
same([['q0', '0'], ['q999', '999']], [$popped[0], $popped[999]], 'commands that block');
same(true, $connections() <= 11, 'no more than $maxDedicated');
same(0, $r->stats()['dedicated'], 'all are given back');
$tasks = [];
for ($i = 0; $i < 200; $i++) {
    $tasks[$i] = fn (): array => $r->watch('counter', function (Redis\Connection $c, Redis\Transaction $t): void {
        $value = (int) $c->get('counter');
        $t->set('counter', $value + 1);
    }, attempts: 1000);
}
all($tasks);
same('200', $r->get('counter'), 'watch, 200 at the same time');
echo "all is well\n";
