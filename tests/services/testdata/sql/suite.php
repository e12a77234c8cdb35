<?php

// What every dialect does. Prints what is not as it should be, then "done".
declare(strict_types=1);

use Phalanx\Sql\Binary;
use Phalanx\Sql\Database;
use Phalanx\Sql\Exception;
use Phalanx\Sql\Isolation;
use Phalanx\Sql\Result;
use Phalanx\Sql\Transaction;

require __DIR__ . '/check.php';

$dsn = $argv[1];
$db = new Database($dsn);
$kind = $db->dialect();
$pgsql = $kind === 'pgsql';
$mysql = $kind === 'mysql';

$db->script('DROP TABLE IF EXISTS line; DROP TABLE IF EXISTS person;');
$db->execute('CREATE TABLE person (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL UNIQUE, age INTEGER CHECK (age >= 0),'
    . ' ratio DOUBLE PRECISION, note ' . ($mysql ? 'LONGTEXT' : 'TEXT') . ', data ' . ($pgsql ? 'BYTEA' : 'LONGBLOB')
    . ', born ' . ($pgsql ? 'TIMESTAMP' : 'DATETIME(6)') . ($pgsql ? ', doc JSONB' : ', doc TEXT') . ')');
$db->execute('CREATE TABLE line (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person (id)'
    . ($mysql ? ', FOREIGN KEY (person) REFERENCES person (id)' : '') . ')');

// Values there and back.
$bytes = implode('', array_map(chr(...), range(0, 255)));
$result = $db->execute(
    'INSERT INTO person (id, name, age, ratio, note, data, born, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [1, 'Ada "O\'Hara" \\ ?', 36, 1.1, "ä€😀\n:a ?", new Binary($bytes), new DateTimeImmutable('2026-01-02 03:04:05.678901'),
        ['a' => [1, 2.5, null, true]]],
);
check('affected', 1, $result->affectedRows);
$db->execute(
    'INSERT INTO person (id, name, age, ratio) VALUES (:id, :name, :age, :ratio)',
    ['id' => 2, 'name' => 'Bob', 'age' => null, 'ratio' => -0.0],
);
$row = $db->first('SELECT * FROM person WHERE id = ?', [1]);
check('id', 1, $row['id']);
check('name', 'Ada "O\'Hara" \\ ?', $row['name']);
check('ratio', 1.1, $row['ratio']);
check('note', "ä€😀\n:a ?", $row['note']);
check('data', true, $row['data'] === $bytes);
check('born', '2026-01-02 03:04:05.678901', $row['born']);
check('doc', ['a' => [1, 2.5, null, true]], json_decode($row['doc'], true));
check('null', null, $db->value('SELECT age FROM person WHERE id = 2'));
check('bytes as a string', 1, $db->value('SELECT count(*) FROM person WHERE data = ?', [$pgsql || $mysql ? $bytes : new Binary($bytes)]));
check('large int', PHP_INT_MAX, $db->value($pgsql ? 'SELECT ?::bigint' : 'SELECT ?', [PHP_INT_MAX]));
check('small int', PHP_INT_MIN, $db->value($pgsql ? 'SELECT ?::bigint' : 'SELECT ?', [PHP_INT_MIN]));
check('empty string', '', $db->value($pgsql ? 'SELECT ?::text' : 'SELECT ?', ['']));
check('a long text', true, str_repeat('ab', 300000) === $db->value($pgsql ? 'SELECT ?::text' : 'SELECT ?', [str_repeat('ab', 300000)]));

// Shapes.
check('query', [['id' => 1], ['id' => 2]], $db->query('SELECT id FROM person ORDER BY id'));
check('no rows', [], $db->query('SELECT id FROM person WHERE id = 0'));
check('lists', [[1, 36], [2, null]], $db->lists('SELECT id, age FROM person ORDER BY id'));
check('same names', [['a' => 2]], $db->query('SELECT 1 AS a, 2 AS a'));
check('lists of same names', [[1, 2]], $db->lists('SELECT 1 AS a, 2 AS a'));
check('first', null, $db->first('SELECT id FROM person WHERE id = 0'));
check('value', null, $db->value('SELECT id FROM person WHERE id = 0'));
check('column', ['Bob'], $db->column('SELECT name FROM person WHERE id = 2'));
check('pairs', [1 => 36, 2 => null], $db->pairs('SELECT id, age FROM person ORDER BY id'));
check('grouped', [1 => [['name' => 'x'], ['name' => 'y']], 2 => [['name' => 'z']]],
    $db->grouped("SELECT 1 AS g, 'x' AS name UNION ALL SELECT 1, 'y' UNION ALL SELECT 2, 'z' ORDER BY 1, 2"));
final class Person
{
    public function __construct(public readonly int $id, public readonly string $name)
    {
    }
}
check('objects', 'Bob', $db->objects(Person::class, 'SELECT id, name FROM person ORDER BY id')[1]->name);
$table = $db->table('SELECT id, name FROM person ORDER BY id');
check('table', ['id', 'name'], array_column($table['columns'], 'name'));
check('table rows', 2, count($table['rows']));
check('updated', 2, $db->execute('UPDATE person SET ratio = 2')->affectedRows);

// Lists.
check('in', 2, $db->value('SELECT count(*) FROM person WHERE id IN (?)', [[1, 2, 3]]));
check('in, by name', 1, $db->value('SELECT count(*) FROM person WHERE id IN (:ids) AND name = :name', ['ids' => [1, 2], 'name' => 'Bob']));
check('in nothing', 0, $db->value('SELECT count(*) FROM person WHERE id IN (?)', [[]]));

// Statements.
$statement = $db->prepare('SELECT name FROM person WHERE id = :id');
check('prepared', ['Ada "O\'Hara" \\ ?', 'Bob'], [$statement->value(id: 1), $statement->value(id: 2)]);
for ($i = 0; $i < 600; $i++) { // more than a connection keeps
    check('ever new', $i, $db->value("SELECT $i"));
}

// Errors.
$e = throws('unique', Exception\UniqueViolation::class, fn () => $db->execute("INSERT INTO person (id, name) VALUES (3, 'Bob')"));
check('state', '23', substr($e->sqlState, 0, 2));
check('sql', "INSERT INTO person (id, name) VALUES (3, 'Bob')", $e->sql);
throws('not null', Exception\NotNullViolation::class, fn () => $db->execute('INSERT INTO person (id, name) VALUES (3, ?)', [null]));
throws('check', Exception\CheckViolation::class, fn () => $db->execute("INSERT INTO person (id, name, age) VALUES (3, 'C', -1)"));
throws('foreign key', Exception\ForeignKeyViolation::class, fn () => $db->execute('INSERT INTO line (id, person) VALUES (1, 99)'));
throws('syntax', Exception\SyntaxError::class, fn () => $db->query('SELEC 1'));
throws('no table', Exception\SyntaxError::class, fn () => $db->query('SELECT * FROM no_such_table'));
throws('too few values', Exception\ParameterException::class, fn () => $db->query('SELECT ?, ?', [1]));
throws('no rows', Exception\UsageException::class, fn () => $db->query("UPDATE person SET age = 1 WHERE id = 0"), 'use execute()');
throws('begin', Exception\UsageException::class, fn () => $db->execute('BEGIN'));
throws('values of no type', TypeError::class, fn () => $db->query('SELECT ?', [new stdClass(), fn () => 1]));
check('works after errors', 2, $db->value('SELECT count(*) FROM person'));

// Transactions.
check('result', 7, $db->transaction(function (Transaction $tx) use ($db) {
    $db->execute("INSERT INTO person (id, name) VALUES (10, 'in')");
    check('one connection', 3, $tx->value('SELECT count(*) FROM person'));
    check('in', true, $db->inTransaction());
    return 7;
}));
check('out', false, $db->inTransaction());
check('committed', 3, $db->value('SELECT count(*) FROM person'));
throws('thrown', DomainException::class, fn () => $db->transaction(function () use ($db) {
    $db->execute('DELETE FROM person');
    throw new DomainException();
}));
check('rolled back', 3, $db->value('SELECT count(*) FROM person'));
$db->transaction(function () use ($db) {
    $db->execute('DELETE FROM person WHERE id = 10');
    throws('inner', DomainException::class, fn () => $db->transaction(function () use ($db) {
        $db->execute('DELETE FROM person');
        throw new DomainException();
    }));
    $db->transaction(fn () => $db->execute("INSERT INTO person (id, name) VALUES (11, 'nested')"));
});
check('nested', [1, 2, 11], $db->column('SELECT id FROM person ORDER BY id'));
$db->begin();
$db->begin();
check('depth', 2, $db->begin()->depth() - 1);
$db->execute('DELETE FROM person');
$db->rollback();
$db->rollback();
$db->commit();
check('begin and rollback', 3, $db->value('SELECT count(*) FROM person'));
throws('commit', Exception\UsageException::class, fn () => $db->commit(), 'begin() comes first');
$db->transaction(fn () => check('read', 3, $db->value('SELECT count(*) FROM person')), readOnly: true);
throws('read only', Exception::class, fn () => $db->transaction(fn () => $db->execute('DELETE FROM person'), readOnly: true));
$db->transaction(fn (Transaction $tx) => $tx->value('SELECT 1'), Isolation::Serializable);
(function () use ($db): void {
    $tx = $db->pool->begin();
    $tx->execute('DELETE FROM person', []);
})(); // let go of
usleep(50000);
check('let go of', 3, $db->value('SELECT count(*) FROM person'));
$tx = $db->begin();
throws('error in a transaction', Exception\SyntaxError::class, fn () => $db->query('SELEC'));
$tx->rollback();
throws('over', Exception\UsageException::class, fn () => $tx->query('SELECT 1'), 'over');

// Streams.
$db->transaction(function () use ($db) {
    for ($i = 100; $i < 1600; $i++) {
        $db->execute('INSERT INTO person (id, name) VALUES (?, ?)', [$i, "n$i"]);
    }
});
$sum = 0;
foreach ($db->stream('SELECT id FROM person WHERE id >= ? ORDER BY id', [100], 64) as $row) {
    $sum += $row['id'];
}
check('stream', array_sum(range(100, 1599)), $sum);
foreach ($db->stream('SELECT id, name FROM person ORDER BY id', batch: 10) as $n => $row) {
    if ($n === 15) {
        break;
    }
}
unset($row);
gc_collect_cycles();
check('after half a stream', 1503, $db->value('SELECT count(*) FROM person'));
$db->transaction(function () use ($db) {
    $rows = $db->stream('SELECT id FROM person ORDER BY id', batch: 100);
    check('stream in a transaction', 1, $rows->current()['id']);
    throws('busy', Exception\UsageException::class, fn () => $db->value('SELECT 1'), 'stream');
    foreach ($rows as $row) {
    }
    check('after it', 1, $db->value('SELECT 1'));
});
throws('stream of nothing', Exception\UsageException::class, fn () => $db->stream('DELETE FROM person WHERE id = 0')->current());

// Many rows.
$rows = (function () use ($bytes): Generator {
    for ($i = 2000; $i < 4500; $i++) {
        yield ['id' => $i, 'name' => "line\n\ttab \\ $i", 'age' => $i % 2 ? null : $i, 'ratio' => $i / 8, 'data' => new Binary($bytes)];
    }
})();
check('insertMany', 2500, $db->insertMany('person', $rows));
check('inserted', [['name' => "line\n\ttab \\ 2001", 'age' => null, 'ratio' => 250.125]],
    $db->query('SELECT name, age, ratio FROM person WHERE id = 2001'));
check('inserted bytes', true, $db->value('SELECT data FROM person WHERE id = 4499') === $bytes);
throws('insertMany twice', Exception\UniqueViolation::class, fn () => $db->insertMany('person',
    [['id' => 9000, 'name' => 'a'], ['id' => 9001, 'name' => 'a']]));
check('all or none', 0, $db->value('SELECT count(*) FROM person WHERE id >= 9000'));
throws('other columns', Exception\ParameterException::class, fn () => $db->insertMany('person', [['id' => 1], ['name' => 'x']]));
check('in a transaction', 2, $db->transaction(fn (Transaction $tx) => $tx->insertMany('person',
    [['id' => 9000, 'name' => 'a'], ['id' => 9001, 'name' => 'b']])));
check('insert', 1, $db->insert('person', ['id' => 9002, 'name' => 'c'])->affectedRows);

// Notifications.
if ($pgsql) {
    $subscription = $db->listen('news', 'Other "channel"');
    $db->notify('news', 'first');
    $db->transaction(fn () => $db->notify('Other "channel"', 'second'));
    check('first', ['news', 'first'], [($n = $subscription->next(timeout: 10.0))->channel, $n->payload]);
    check('second', ['Other "channel"', 'second'], [($n = $subscription->next(timeout: 10.0))->channel, $n->payload]);
    check('none', null, $subscription->next(timeout: 0.01));
    $listens = "FROM pg_stat_activity WHERE query LIKE 'LISTEN \"Other%' AND state = 'idle'";
    $listener = $db->value("SELECT pid $listens"); // which is listed for a while after its end
    $db->execute('SELECT pg_terminate_backend(?)', [$listener]);
    for ($i = 0; $i < 1000 && $db->value("SELECT count(*) $listens AND pid <> ?", [$listener]) === 0; $i++) {
        usleep(10000);
    }
    $db->notify('news', 'third');
    check('after an interruption', ['third', 1], [$subscription->next(timeout: 10.0)?->payload, $subscription->interruptions()]);
    $subscription->close();
    check('closed', null, $subscription->next());
} else {
    throws('no LISTEN', Exception\UsageException::class, fn () => $db->listen('x'));
}

// Sessions.
if ($pgsql) {
    $db->execute("SET application_name = 'changed'");
    check('reset', 'phalanx', $db->value("SELECT current_setting('application_name')"));
    $db->execute('CREATE TEMP TABLE leftover (a int)');
    check('no temporary table', null, $db->value("SELECT to_regclass('leftover')::text"));
} elseif ($mysql) {
    $db->execute('SET @a = 7');
    check('reset', null, $db->value('SELECT @a'));
} elseif ($dsn !== 'sqlite::memory:') {
    $db->execute('PRAGMA cache_size = 123');
    check('reset', true, $db->value('PRAGMA cache_size') !== 123);
}

// Others.
check('same pool', $dsn !== 'sqlite::memory:', (new Database($dsn))->pool->key() === $db->pool->key());
$stats = $db->stats();
check('nothing in use', 0, array_sum(array_column($stats['pools'], 'inUse')));
check('no password', false, str_contains(print_r($stats, true) . print_r($db, true) . var_export($db->pool->dsn(), true), 's3cret'));
throws('serialize', \Exception::class, fn () => serialize($db));
$db->ping();
$db->script('DROP TABLE line; DROP TABLE person;');
echo "done\n";
