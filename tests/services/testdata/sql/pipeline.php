<?php

// Statements of several Fibers on one connection: nobody notices. Prints what is not as it should be, then "done".
declare(strict_types=1);

use Phalanx\Sql\Database;
use Phalanx\Sql\Exception;

use function Phalanx\all;
use function Phalanx\async;
use function Phalanx\timeout;

require __DIR__ . '/check.php';

$db = new Database($argv[1], applicationName: 'pipelined');
$pg = $db->dialect() === 'pgsql';
$many = static fn (int $n, callable $do): array => all(array_map(fn (int $i) => fn () => $do($i), range(0, $n - 1)));
$shared = static fn (): bool => in_array(
    'statements of several Fibers at once',
    array_column($db->stats()['pools'][0]['holders'], 'for'),
    true,
);
$db->script('DROP TABLE IF EXISTS piped; CREATE TABLE piped (id int PRIMARY KEY, n int NOT NULL, t text)');
$db->insertMany('piped', array_map(fn (int $i) => ['id' => $i, 'n' => $i * 2, 't' => str_repeat('x', $i)], range(0, 999)));

// The same as one after another.
$sql = 'SELECT id, n, t, NULL AS nothing FROM piped WHERE id = ?';
for ($round = 0; $round < 20 && !$shared(); $round++) {
    $many(50, fn (int $i) => $db->first($sql, [$i]));
}
check('a connection is shared', true, $shared());
$rows = $many(1000, fn (int $i) => $db->first($sql, [$i]));
check('a thousand', array_map(
    fn (int $i) => ['id' => $i, 'n' => 2 * $i, 't' => str_repeat('x', $i), 'nothing' => null],
    range(0, 999),
), $rows);
check('none', array_fill(0, 50, null), $many(50, fn (int $i) => $db->first($sql, [-1 - $i])));
check('shapes', array_fill(0, 50, [3 => 6]), $many(50, fn () => $db->pairs('SELECT id, n FROM piped WHERE id = ?', [3])));

// An error is its own Fiber's.
$fails = $pg ? 'SELECT 100 / ?::int' : 'SELECT (SELECT n FROM piped WHERE id = 50 OR id = ? * 50)'; // in MySQL: two rows
$divide = fn (int $i) => $db->value($fails, [$i]);
$many(50, fn () => $divide(1));
$got = $many(200, function (int $i) use ($divide): mixed {
    try {
        return $divide($i % 10 === 0 ? 0 : 1);
    } catch (Exception $e) {
        return $e->sqlState;
    }
});
check('errors', array_map(fn (int $i) => $i % 10 === 0 ? ($pg ? '22012' : '21000') : 100, range(0, 199)), $got);

// One that is slow for once is done elsewhere.
$slow = $pg ? 'SELECT pg_sleep(?::float8)::text' : 'SELECT COUNT(*) FROM piped a, piped b, piped c WHERE a.id < ?';
$sleep = fn (float $s) => $db->value($slow, [$pg ? $s : (int) ($s * 100)]);
$many(100, fn () => $sleep(0.0));
check('slow', 20, count($many(20, fn (int $i) => $sleep($i === 7 ? 0.3 : 0.0))));

// A table that changes.
$many(100, fn (int $i) => $db->value('SELECT n FROM piped WHERE id = ?', [$i]));
$db->execute('ALTER TABLE piped ' . ($pg ? 'ALTER n TYPE text' : 'MODIFY n TEXT'));
check('another type', array_map(fn (int $i) => (string) (2 * $i), range(0, 49)),
    $many(50, fn (int $i) => $db->value('SELECT n FROM piped WHERE id = ?', [$i])));
check('another column', '0', $many(50, fn (int $i) => $db->value('SELECT n FROM piped WHERE id = ?', [0]))[49]);

// A lock that lasts longer than a shared connection waits.
$many(100, fn (int $i) => $db->value('SELECT id FROM piped WHERE id = ?', [$i]));
$lock = async(fn () => $db->transaction(function () use ($db, $pg): void {
    $db->execute($pg ? 'LOCK TABLE piped IN ACCESS EXCLUSIVE MODE' : 'LOCK TABLES piped WRITE');
    Workerman\Timer::sleep(0.4);
}));
async(fn () => Workerman\Timer::sleep(0.05));
check('behind a lock', range(0, 9), $many(10, function (int $i) use ($db): int {
    Workerman\Timer::sleep(0.05);
    return $db->value('SELECT id FROM piped WHERE id = ?', [$i]);
}));
Phalanx\await($lock);

// Fibers that go away.
$many(100, fn () => $sleep(0.0));
throws('given up', Phalanx\Exception\TimeoutException::class, fn () => timeout(0.02, fn () => $many(20, fn () => $sleep(0.06))));
check('goes on', range(0, 99), $many(100, fn (int $i) => $db->value('SELECT id FROM piped WHERE id = ?', [$i])));

// Transactions see their own changes, whatever others share.
check('in transactions', array_fill(0, 8, 1), $many(8, fn (int $i) => $db->transaction(function () use ($db, $i): int {
    $db->execute('INSERT INTO piped (id, n) VALUES (?, ?)', [5000 + $i, '0']);
    return $db->value('SELECT count(*) FROM piped WHERE id = ?', [5000 + $i]);
})));
$db->script('DROP TABLE piped');
echo "done\n";
