<?php

// Fibers that share a pool: waiting, transactions, cancelling. Prints what is not as it should be, then "done".
declare(strict_types=1);

use Phalanx\Sql\Database;
use Phalanx\Sql\Exception;

use function Phalanx\all;
use function Phalanx\async;
use function Phalanx\await;
use function Phalanx\timeout;

require __DIR__ . '/check.php';

$dsn = $argv[1];
$db = new Database($dsn, maxConnections: 10, waitTimeout: 30.0);
$kind = $db->dialect();
$sleep = ['pgsql' => 'SELECT pg_sleep(%s)', 'mysql' => 'SELECT SLEEP(%s)',
    'sqlite' => 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'][$kind];
$inUse = static fn (): int => array_sum(array_column($db->stats()['pools'], 'inUse'));
$settle = static function () use ($inUse): void { // what was let go of is given back a moment later
    for ($i = 0; $i < 500 && $inUse() > 0; $i++) {
        usleep(10000);
    }
    check('nothing in use', 0, $inUse());
};

$db->script('DROP TABLE IF EXISTS fibers; CREATE TABLE fibers (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);');
$db->execute('INSERT INTO fibers VALUES (1, 0)');

// A thousand over ten.
$tasks = [];
for ($i = 0; $i < 1000; $i++) {
    $tasks[] = fn () => $db->value($kind === 'pgsql' ? 'SELECT ?::int + n FROM fibers' : 'SELECT ? + n FROM fibers', [$i]);
}
check('a thousand', range(0, 999), all($tasks));
$open = array_column($db->stats()['pools'], 'open');
check('ten at most', true, max($open) <= 10);

// Transactions belong to their Fibers.
$one = async(function () use ($db): array {
    $db->begin();
    $db->execute('INSERT INTO fibers VALUES (2, 0)');
    Workerman\Timer::sleep(0.05);
    $inside = $db->value('SELECT count(*) FROM fibers');
    $db->rollback();
    return [$inside, $db->inTransaction()];
});
$two = async(fn (): array => [$db->inTransaction(), $db->value('SELECT count(*) FROM fibers')]);
check('another Fiber is in no transaction', [false, 1], await($two));
check('its own Fiber is', [2, false], await($one));

// A Fiber that ends, or throws, without a commit.
await(async(function () use ($db): void {
    $db->begin();
    $db->execute('INSERT INTO fibers VALUES (3, 0)');
}));
throws('thrown', DomainException::class, fn () => await(async(function () use ($db): void {
    $db->begin();
    $db->execute('INSERT INTO fibers VALUES (4, 0)');
    throw new DomainException();
})));
gc_collect_cycles();
$settle();
check('rolled back', 1, $db->value('SELECT count(*) FROM fibers'));

// Writers that wait for each other lose nothing.
all(array_map(fn () => fn () => $db->transaction(function () use ($db): void {
    $n = $db->value('SELECT n FROM fibers WHERE id = 1' . ($GLOBALS['kind'] === 'sqlite' ? '' : ' FOR UPDATE'));
    Workerman\Timer::sleep(0.001);
    $db->execute('UPDATE fibers SET n = ? WHERE id = 1', [$n + 1]);
}), range(1, 50)));
check('fifty', 50, $db->value('SELECT n FROM fibers WHERE id = 1'));

// Times.
throws('timeout()', Phalanx\Exception\TimeoutException::class, fn () => timeout(0.1, fn () => $db->value(sprintf($sleep, '30'))));
$settle();
$quick = new Database($dsn, queryTimeout: 0.1, maxConnections: 2, waitTimeout: 0.2);
throws('queryTimeout', Exception\QueryTimeout::class, fn () => $quick->value(sprintf($sleep, '30')));
$task = async(fn () => $db->value(sprintf($sleep, '30')));
async(function () use ($task): void {
    Workerman\Timer::sleep(0.05);
    $task->cancel();
});
throws('cancelled', Phalanx\Exception\CancelledException::class, fn () => await($task));
throws('cancelled in a transaction', Phalanx\Exception\TimeoutException::class, fn () => timeout(0.1, fn () => $db->transaction(
    function () use ($db, $sleep): void {
        $db->execute('UPDATE fibers SET n = 0');
        $db->value(sprintf($sleep, '30'));
    },
)));
$settle();
check('undone', 50, $db->value('SELECT n FROM fibers WHERE id = 1'));

// A pool that is exhausted says by what.
$small = new Database($dsn, maxConnections: 1, waitTimeout: 0.1);
$small->begin(readOnly: true);
throws('exhausted', Exception\PoolExhausted::class, fn () => await(async(fn () => $small->begin(readOnly: true))), 'by a transaction for');
$small->rollback();
check('free again', 1, $small->value('SELECT count(*) FROM fibers'));

// Streams of many Fibers at once.
$db->transaction(function () use ($db): void {
    for ($i = 10; $i < 510; $i++) {
        $db->execute('INSERT INTO fibers VALUES (?, ?)', [$i, $i]);
    }
});
$counts = all(array_map(fn (int $stop) => function () use ($db, $stop): int {
    $n = 0;
    foreach ($db->stream('SELECT id FROM fibers ORDER BY id', batch: 7) as $row) {
        if (++$n === $stop) {
            break;
        }
    }
    return $n;
}, range(1, 40)));
check('streams', range(1, 40), $counts);
$settle();
$db->script('DROP TABLE fibers');
echo "done\n";
