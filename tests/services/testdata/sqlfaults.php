<?php

/**
 * What becomes of a program when its database fails. It prints what it has seen and, where the test is to do something,
 * waits for a line.
 *
 * Usage: sqlfaults.php SCENARIO DSN [PDO-DSN USER PASSWORD]
 */

declare(strict_types=1);

use Phalanx\Sql\Database;
use Phalanx\Sql\Exception\PoolExhausted;
use Phalanx\Sql\Pdo;
use Workerman\Timer;

use function Phalanx\all;
use function Phalanx\async;
use function Phalanx\await;
use function Phalanx\timeout;

[, $scenario, $dsn] = $argv;
$sleep = str_starts_with($dsn, 'mysql') ? 'SELECT SLEEP(60)' : 'SELECT pg_sleep(60)';

function say(string $text): void
{
    echo $text, "\n";
}

function wait(): void
{
    fgets(STDIN);
}

function figure(Database $db, string $name): int
{
    return $db->stats()['pools'][0][$name];
}

/** @param callable(): mixed $do @return string what was thrown, or what came */
function outcome(callable $do): string
{
    try {
        $result = $do();
        return is_string($result) ? $result : json_encode($result);
    } catch (Throwable $e) {
        return (new ReflectionClass($e))->getShortName();
    }
}

/** @return array<string, int> how often which outcome came */
function together(int $n, callable $do): array
{
    return array_count_values(all(array_map(
        static fn (int $i): Closure => static fn (): string => outcome(static fn (): mixed => $do($i)),
        range(0, $n - 1)
    )));
}

$scenarios = [
    // The server is killed while statements run.
    'killed' => static function () use ($dsn, $sleep): void {
        $db = new Database($dsn, maxConnections: 5);
        $db->execute('CREATE TABLE IF NOT EXISTS kept (n int)');
        say('running');
        say(json_encode(together(5, static fn (): array => $db->query($sleep))));
        say('down: ' . outcome(static fn (): mixed => $db->value('SELECT 1')));
        wait();
        say('up: ' . json_encode(together(20, static fn (): mixed => (int) $db->value('SELECT 1'))));
        // The last ones are given back beside the script, a moment after the answers.
        for ($i = 0; $i < 1000 && figure($db, 'inUse') > 0; $i++) {
            usleep(10_000);
        }
        say('connections within bounds: ' . json_encode(figure($db, 'open') <= 5 && figure($db, 'inUse') === 0));
    },
    // A transaction whose connection breaks is over, and says so; nothing of it is done again.
    'transaction' => static function () use ($dsn): void {
        $db = new Database($dsn, maxConnections: 2);
        $db->execute('CREATE TABLE once (n int)');
        say(outcome(static function () use ($db): void {
            $db->transaction(static function () use ($db): void {
                $db->execute('INSERT INTO once VALUES (1)');
                say('open');
                wait();
                $db->execute('INSERT INTO once VALUES (2)');
            });
        }));
        say('rows: ' . $db->value('SELECT count(*) FROM once'));
        say('open: ' . json_encode($db->inTransaction()));
    },
    // The server is restarted while connections are idle: nobody notices.
    'idle' => static function () use ($dsn, $argv): void {
        $db = new Database($dsn, maxConnections: 8);
        $db->execute('CREATE TABLE IF NOT EXISTS counted (n int)');
        $pdo = new Pdo($argv[3], $argv[4], $argv[5]);
        together(8, static fn (): array => $db->query(str_replace('60', '0.05', $GLOBALS['sleep'])));
        $pdo->query('SELECT 1')->fetchAll();
        say('idle: ' . figure($db, 'idle'));
        wait();
        $write = static fn (int $i): int => $db->execute('INSERT INTO counted VALUES (?)', [$i])->affectedRows;
        say('writes: ' . json_encode(together(20, $write)));
        say('reads: ' . json_encode(together(20, static fn (): mixed => (int) $db->value('SELECT 1'))));
        say('pdo: ' . outcome(static fn (): mixed => $pdo->exec('INSERT INTO counted VALUES (1)')));
        say('rows: ' . $db->value('SELECT count(*) FROM counted'));
    },
    // Reads of Fibers share connections. Those under way hear of what becomes of the server, later ones do not.
    'shared' => static function () use ($dsn): void {
        $db = new Database($dsn, maxConnections: 6);
        $reads = static fn (): array => together(20, static fn (): int => (int) $db->value('SELECT 7'));
        $share = static function () use ($db, $reads): string {
            for ($end = hrtime(true) + 20e9; hrtime(true) < $end;) { // figures are a moment's: it takes some moments
                $reads();
                foreach ($db->stats()['pools'][0]['holders'] as $holder) {
                    if ($holder['for'] === 'statements of several Fibers at once') {
                        return 'shared';
                    }
                }
            }
            return 'not shared';
        };
        say($share() . ', idle');
        wait();
        say(json_encode($reads()));
        say($share() . ', stall');
        wait();
        $result = async($reads);
        await(async(static fn () => Timer::sleep(0.1)));
        say('asked');
        say(json_encode(await($result)));
        wait();
        say('up: ' . json_encode($reads()));
        say($share());
    },
    'exhausted' => static function () use ($dsn, $sleep): void {
        $db = new Database($dsn, maxConnections: 2, waitTimeout: 0.3, queryTimeout: 1.5);
        try {
            all([
                static fn (): string => outcome(static fn (): array => $db->query($sleep)),
                static fn (): string => outcome(static fn (): array => $db->query($sleep)),
                static function () use ($db): array {
                    while (figure($db, 'inUse') < 2) {
                        Timer::sleep(0.01);
                    }
                    return $db->query('SELECT 1');
                },
            ]);
        } catch (PoolExhausted $e) {
            say('exhausted: ' . json_encode(str_contains($e->getMessage(), 'all 2 (maxConnections) are taken')
                && str_contains($e->getMessage(), $sleep)));
        }
        say('after: ' . $db->value('SELECT 1'));
    },
    'slow' => static function () use ($dsn, $sleep): void {
        $db = new Database($dsn, maxConnections: 4);
        say(outcome(static fn (): mixed => timeout(0.2, static fn (): array => $db->query($sleep))));
        $limited = new Database($dsn, maxConnections: 4, queryTimeout: 0.2);
        say(outcome(static fn (): mixed => $limited->query($sleep)));
        say(json_encode(together(4, static fn (): mixed => $limited->query($sleep))));
        say('after: ' . $db->value('SELECT 1') . $limited->value('SELECT 2'));
        say('ask');
        wait();
    },
    // A server that answers nothing any more, not even a request to cancel.
    'hangs' => static function () use ($dsn, $sleep): void {
        $db = new Database($dsn, maxConnections: 4, queryTimeout: 0.5, connectTimeout: 1.0);
        $db->value('SELECT 1');
        say('hang');
        wait();
        say(outcome(static fn (): mixed => $db->query('SELECT 1')));
        say(outcome(static fn (): mixed => $db->query('SELECT 1')));
        say('go on');
        wait();
        say('after: ' . $db->value('SELECT 1'));
    },
    // A connection is reset in the middle of a result.
    'reset' => static function () use ($dsn): void {
        $db = new Database($dsn, maxConnections: 2);
        $large = str_starts_with($dsn, 'mysql')
            ? "SELECT REPEAT('x', 1000) FROM information_schema.columns a, information_schema.columns b LIMIT 20000"
            : "SELECT repeat('x', 1000) FROM generate_series(1, 20000)";
        $db->value('SELECT 1');
        say('cut');
        wait();
        say(outcome(static fn (): int => count($db->lists($large))));
        say(outcome(static function () use ($db, $large): int {
            $n = 0;
            foreach ($db->stream($large) as $row) {
                $n++;
            }
            return $n;
        }));
        say('mend');
        wait();
        say('after: ' . count($db->lists($large)));
    },
    'fibers' => static function () use ($dsn): void {
        $db = new Database($dsn, maxConnections: 10, waitTimeout: 60);
        $db->execute('CREATE TABLE sums (id int primary key, n int)');
        $db->execute('INSERT INTO sums VALUES (1, 0), (2, 0)');
        $most = 0;
        say(json_encode(together(1000, static function (int $i) use ($db, &$most): string {
            $most = max($most, figure($db, 'open'));
            if ((int) $db->value('SELECT ? + 0', [$i]) !== $i) {
                return 'another one\'s answer';
            }
            $db->transaction(static function () use ($db): void {
                $db->execute('UPDATE sums SET n = n + 1 WHERE id = 1');
                $db->execute('UPDATE sums SET n = n + 1 WHERE id = 2');
            });
            return 'right';
        })));
        say('sums: ' . json_encode($db->column('SELECT n FROM sums ORDER BY id')));
        say('connections: ' . $most);
    },
    'pdofibers' => static function () use ($argv): void {
        $pdo = new Pdo($argv[3], $argv[4], $argv[5], [PDO::ATTR_TIMEOUT => 60]);
        $id = str_starts_with($argv[3], 'mysql') ? 'int auto_increment primary key' : 'serial primary key';
        $pdo->exec("CREATE TABLE letters (id $id, n int)");
        say(json_encode(together(500, static function (int $i) use ($pdo): string {
            $statement = $pdo->prepare('INSERT INTO letters (n) VALUES (?)');
            $statement->execute([$i]);
            $id = $pdo->lastInsertId();
            if ($i % 3 === 0) {
                $pdo->beginTransaction();
                $pdo->exec('DELETE FROM letters WHERE id = ' . $id);
                $i % 2 === 0 ? $pdo->rollBack() : $pdo->commit();
                return 'transaction';
            }
            $select = $pdo->prepare('SELECT n FROM letters WHERE id = ?');
            $select->execute([$id]);
            return $select->fetchColumn() === $i ? 'own row' : 'another one\'s';
        })));
        say('left: ' . $pdo->query('SELECT count(*) FROM letters')->fetchColumn());
        say('transaction: ' . json_encode($pdo->inTransaction()));
        // One that is left open is rolled back with its coroutine.
        say(json_encode(together(20, static function () use ($pdo): string {
            $pdo->beginTransaction();
            $pdo->exec('DELETE FROM letters');
            return 'forgotten';
        })));
        gc_collect_cycles();
        for ($i = 0; $i < 100 && ($left = $pdo->query('SELECT count(*) FROM letters')->fetchColumn()) === 0; $i++) {
            usleep(10000);
        }
        say("still: $left");
    },
];
$scenarios[$scenario]();
say('done');
