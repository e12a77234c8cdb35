<?php

/**
 * What a program sees of PDO: run once with PDO and once with Phalanx\Sql\Pdo, the outputs are compared line by line.
 *
 * Usage: pdo.php CLASS DSN USER PASSWORD
 */

declare(strict_types=1);

[, $class, $dsn, $user, $password] = $argv;
$kind = strstr($dsn, ':', true);

class Item
{
    public $id;
    public string $made = '';
    private $name = 'unset';
    protected $price;

    public function __construct(public readonly array $arguments = [], ...$more)
    {
        $this->made = 'name was ' . json_encode($this->name);
    }
}

class Plain
{
    private array $all = [];

    public function __set(string $name, mixed $value): void
    {
        $this->all[$name] = $value;
    }
}

class Other extends Item
{
}

function show(mixed $value): string
{
    if (is_resource($value)) {
        return 'stream ' . var_export(stream_get_contents($value), true);
    }
    if (is_array($value)) {
        $parts = [];
        foreach ($value as $k => $v) {
            $parts[] = (is_int($k) ? $k : "'$k'") . ' => ' . show($v);
        }
        return '[' . implode(', ', $parts) . ']';
    }
    if ($value instanceof PDOStatement) {
        return 'statement of ' . $value->queryString;
    }
    if (is_object($value)) {
        return $value::class . show((array) $value);
    }
    return is_float($value) ? 'float ' . var_export($value, true) : var_export($value, true);
}

set_error_handler(static function (int $level, string $message): bool {
    echo '    warning ', preg_replace('/^[\w:\\\\]+\(\): /', '', $message), "\n";
    return true;
});

$number = 0;
function test(string $what, callable $do): void
{
    global $number;
    $number++;
    echo "$number $what\n";
    try {
        $result = $do();
        foreach (is_array($result) && array_is_list($result) && count($result) > 3 ? $result : [$result] as $part) {
            echo '    ', str_replace("\0", '~', show($part)), "\n";
        }
    } catch (Throwable $e) {
        echo '    ', $e::class, ' ', show($e->getCode()), ' ', str_replace(["\n", 'Phalanx\Sql\Pdo'], ['\n', 'PDO'], $e->getMessage()), "\n";
        if ($e instanceof PDOException) {
            echo '    info ', str_replace("\n", '\n', show($e->errorInfo)), "\n";
        }
    }
}

$open = static fn (array $options = []): PDO => new $class($dsn, $user, $password, $options);
$db = $open();
$id = ['pgsql' => 'id serial primary key', 'mysql' => 'id int auto_increment primary key', 'sqlite' => 'id integer primary key'][$kind];
$text = $kind === 'sqlite' ? 'text' : 'varchar(100)';

// Connections
test('class', fn () => [$db instanceof PDO, is_callable([$db, 'query'])]);
test('driver name', fn () => $db->getAttribute(PDO::ATTR_DRIVER_NAME));
test('server version', fn () => (bool) preg_match('/^\d+\.\d+/', (string) $db->getAttribute(PDO::ATTR_SERVER_VERSION)));
test('no such driver', fn () => new $class('oracle:host=localhost'));
test('no DSN', fn () => new $class('nothing'));
if ($kind !== 'sqlite') {
    test('wrong password', fn () => new $class($dsn, $user, 'wrong'));
    test('no server', fn () => new $class(preg_replace('/port=\d+/', 'port=1', $dsn), $user, $password));
    test('no database', fn () => new $class(preg_replace('/dbname=\w+/', 'dbname=nowhere', $dsn), $user, $password));
} else {
    test('no file', fn () => new $class('sqlite:/nowhere/at/all.db'));
}
test('error code at first', fn () => [$open()->errorCode(), $open()->errorInfo()]);
test('serialize', fn () => serialize($db));
test('clone', fn () => clone $db);

// Tables
test('drop', fn () => $db->exec('DROP TABLE IF EXISTS item'));
test('create', fn () => $db->exec("CREATE TABLE item ($id, name $text UNIQUE, price " . ($kind === 'sqlite' ? 'numeric' : 'decimal(10,2)')
    . ', stock int NOT NULL DEFAULT 7, note text)'));
test('insert by exec', fn () => $db->exec("INSERT INTO item (name, price) VALUES ('apple', 1.50), ('pear', 2.25), ('plum', 0.10)"));
test('last id', fn () => $kind === 'mysql' ? $db->lastInsertId() : (int) $db->lastInsertId() > 0);
test('update by exec', fn () => $db->exec("UPDATE item SET stock = stock + 1 WHERE price > 1"));
test('update nothing', fn () => $db->exec('UPDATE item SET stock = 1 WHERE id = 12345'));
test('exec of a select', fn () => $open()->exec('SELECT 1') >= 0);
test('exec of several', fn () => $open()->exec("UPDATE item SET note = 'a' WHERE id = 1; UPDATE item SET note = 'b' WHERE id > 1"));
test('what several did', fn () => $db->query('SELECT id, note FROM item ORDER BY id')->fetchAll(PDO::FETCH_KEY_PAIR));
test('exec of nothing', fn () => $db->exec(''));
test('query of nothing', fn () => $db->query(''));
test('prepare of nothing', fn () => $db->prepare(''));

// Fetch modes
$select = 'SELECT id, name, price, stock FROM item ORDER BY id';
foreach (['ASSOC', 'NUM', 'BOTH', 'OBJ', 'NAMED', 'COLUMN', 'DEFAULT'] as $mode) {
    $value = constant("PDO::FETCH_$mode");
    test("fetch $mode", fn () => $db->query($select)->fetch($value));
    test("fetchAll $mode", fn () => $db->query($select)->fetchAll($value));
    test("query $mode", fn () => $mode === 'COLUMN' ? $db->query($select, $value, 1)->fetchAll() : $db->query($select, $value)->fetchAll());
    test("group $mode", fn () => $db->query('SELECT stock, id, name FROM item ORDER BY id')->fetchAll($value | PDO::FETCH_GROUP));
    test("unique $mode", fn () => $db->query('SELECT name, id, stock FROM item ORDER BY id')->fetchAll($value | PDO::FETCH_UNIQUE));
}
test('fetch until the end', function () use ($db, $select) {
    $s = $db->query($select);
    $all = [];
    while ($row = $s->fetch(PDO::FETCH_NUM)) {
        $all[] = $row[1];
    }
    return [$all, $s->fetch(), $s->fetchColumn(), $s->fetchObject(), $s->fetchAll()];
});
test('foreach', function () use ($db, $select) {
    $all = [];
    foreach ($db->query($select, PDO::FETCH_ASSOC) as $k => $row) {
        $all[$k] = $row['name'];
    }
    return $all;
});
test('iterator', fn () => iterator_to_array($db->query($select, PDO::FETCH_COLUMN, 1)->getIterator()));
test('fetchColumn', fn () => $db->query($select)->fetchColumn(1));
test('fetchColumn twice', function () use ($db, $select) {
    $s = $db->query($select);
    return [$s->fetchColumn(), $s->fetchColumn(1)];
});
test('fetchColumn beyond', fn () => $db->query($select)->fetchColumn(9));
test('fetchColumn before', fn () => $db->query($select)->fetchColumn(-1));
test('fetchAll column 1', fn () => $db->query($select)->fetchAll(PDO::FETCH_COLUMN, 1));
test('fetchAll column beyond', fn () => $db->query($select)->fetchAll(PDO::FETCH_COLUMN, 11));
test('fetchAll column before', fn () => $db->query($select)->fetchAll(PDO::FETCH_COLUMN, -2));
test('group column 1', fn () => $db->query('SELECT stock, name FROM item ORDER BY id')->fetchAll(PDO::FETCH_COLUMN | PDO::FETCH_GROUP, 1));
test('unique column', fn () => $db->query('SELECT stock, name FROM item ORDER BY id')->fetchAll(PDO::FETCH_COLUMN | PDO::FETCH_UNIQUE));
test('group class', fn () => $db->query('SELECT stock, id, name FROM item ORDER BY id')->fetchAll(PDO::FETCH_CLASS | PDO::FETCH_GROUP, 'Item'));
test('key pair', fn () => $db->query('SELECT id, name FROM item ORDER BY id')->fetchAll(PDO::FETCH_KEY_PAIR));
test('key pair, one', fn () => $db->query('SELECT name, id FROM item ORDER BY id')->fetch(PDO::FETCH_KEY_PAIR));
test('key pair of three', fn () => $db->query('SELECT id, name, stock FROM item')->fetchAll(PDO::FETCH_KEY_PAIR));
test('key pair as default', fn () => $db->query('SELECT id, name FROM item ORDER BY id', PDO::FETCH_KEY_PAIR)->fetchAll());
test('named with doubles', fn () => $db->query('SELECT 1 AS a, 2 AS b, 3 AS a, 4 AS a')->fetch(PDO::FETCH_NAMED));
test('assoc with doubles', fn () => $db->query('SELECT 1 AS a, 2 AS b, 3 AS a')->fetch(PDO::FETCH_ASSOC));
test('both with doubles', fn () => $db->query('SELECT 1 AS a, 2 AS b, 3 AS a')->fetch(PDO::FETCH_BOTH));
test('both with a number as name', fn () => $db->query('SELECT 5 AS ' . ($kind === 'mysql' ? '`1`' : '"1"') . ', 6 AS x')->fetch(PDO::FETCH_BOTH));
test('class', fn () => $db->query($select)->fetchAll(PDO::FETCH_CLASS, 'Item'));
test('class with arguments', fn () => $db->query($select)->fetchAll(PDO::FETCH_CLASS, 'Item', [['x']])[0]);
test('class, late', fn () => $db->query($select)->fetchAll(PDO::FETCH_CLASS | PDO::FETCH_PROPS_LATE, 'Item', [['y']])[1]);
test('class with __set', fn () => $db->query($select)->fetchAll(PDO::FETCH_CLASS, 'Plain')[0]);
test('class without a name', fn () => $db->query($select)->fetchAll(PDO::FETCH_CLASS));
test('class type', fn () => $db->query("SELECT CASE WHEN id = 1 THEN 'Other' ELSE 'Nowhere' END AS c, id, name FROM item ORDER BY id")
    ->fetchAll(PDO::FETCH_CLASS | PDO::FETCH_CLASSTYPE));
test('class by setFetchMode', function () use ($db, $select) {
    $s = $db->query($select);
    $s->setFetchMode(PDO::FETCH_CLASS, 'Item', [['z']]);
    return [$s->fetch(), $s->fetch()];
});
test('fetch class without one', fn () => $db->query($select)->fetch(PDO::FETCH_CLASS));
test('object', fn () => $db->query($select)->fetchObject());
test('object of a class', fn () => $db->query($select)->fetchObject('Item', [['q']]));
test('into', function () use ($db, $select) {
    $s = $db->query($select);
    $o = new stdClass();
    $s->setFetchMode(PDO::FETCH_INTO, $o);
    $s->fetch();
    return [$o, $s->fetch() === $o, $o];
});
test('into a class', function () use ($db, $select) {
    $s = $db->query('SELECT id FROM item ORDER BY id');
    $s->setFetchMode(PDO::FETCH_INTO, new Item());
    return $s->fetch()->id;
});
test('into nothing', fn () => $db->query($select)->fetch(PDO::FETCH_INTO));
test('function', fn () => $db->query($select)->fetchAll(PDO::FETCH_FUNC, fn (...$v) => implode('|', $v)));
test('function that is none', fn () => $db->query($select)->fetchAll(PDO::FETCH_FUNC, 'nowhere'));
test('function missing', fn () => $db->query($select)->fetchAll(PDO::FETCH_FUNC));
test('function by fetch', fn () => $db->query($select)->fetch(PDO::FETCH_FUNC));
test('group function', fn () => $db->query('SELECT stock, name FROM item ORDER BY id')->fetchAll(PDO::FETCH_FUNC | PDO::FETCH_GROUP, strtoupper(...)));
test('lazy', function () use ($db, $select) {
    $row = $db->query($select)->fetch(PDO::FETCH_LAZY);
    return [$row->name, $row->id, $row->queryString];
});
test('lazy, all', fn () => $db->query($select)->fetchAll(PDO::FETCH_LAZY));
test('bound', function () use ($db, $select) {
    $s = $db->query($select);
    $s->bindColumn(1, $id);
    $s->bindColumn('name', $name);
    $s->bindColumn(3, $price, PDO::PARAM_STR);
    $s->bindColumn('stock', $stock, PDO::PARAM_INT);
    $all = [];
    while ($s->fetch(PDO::FETCH_BOUND)) {
        $all[] = [$id, $name, $price, $stock];
    }
    return $all;
});
test('bound with another mode', function () use ($db, $select) {
    $s = $db->query($select);
    $s->bindColumn('name', $name);
    $s->fetch(PDO::FETCH_ASSOC);
    return $name;
});
test('bound column 0', function () use ($db, $select) {
    return $db->query($select)->bindColumn(0, $x);
});
test('mode too many arguments', fn () => $db->query($select)->fetchAll(PDO::FETCH_ASSOC, 1));
test('mode unknown', fn () => $db->query($select)->fetch(99));
test('setFetchMode', function () use ($db, $select) {
    $s = $db->query($select);
    return [$s->setFetchMode(PDO::FETCH_NUM), $s->fetch(), $s->setFetchMode(PDO::FETCH_COLUMN, 1), $s->fetch(), $s->fetchAll()];
});
test('setFetchMode wrong', fn () => $db->query($select)->setFetchMode(PDO::FETCH_COLUMN));
test('setFetchMode wrong class', fn () => $db->query($select)->setFetchMode(PDO::FETCH_CLASS, 'Nowhere'));
test('setFetchMode unknown', fn () => $db->query($select)->setFetchMode(77));
test('counts', function () use ($db, $select) {
    $s = $db->query($select);
    return [$s->columnCount(), $s->rowCount() >= 0, count($s->fetchAll()), $s->columnCount()];
});
test('no rows', fn () => [$db->query('SELECT * FROM item WHERE id < 0')->fetch(), $db->query('SELECT * FROM item WHERE id < 0')->fetchAll(),
    $db->query('SELECT id, name FROM item WHERE id < 0')->fetchAll(PDO::FETCH_KEY_PAIR), $db->query('SELECT * FROM item WHERE id < 0')->columnCount()]);
test('closeCursor', function () use ($db, $select) {
    $s = $db->prepare($select);
    $s->execute();
    $s->fetch();
    return [$s->closeCursor(), $s->execute(), $s->fetch(PDO::FETCH_NUM)];
});
test('fetch before execute', fn () => $db->prepare($select)->fetch());
test('fetchAll before execute', fn () => $db->prepare($select)->fetchAll());
test('column count before execute', fn () => $kind === 'sqlite' ? null : $db->prepare($select)->columnCount() >= 0);

// Values
test('types', fn () => $db->query("SELECT 1 AS i, 1.5 AS d, 'x' AS s, NULL AS n")->fetch(PDO::FETCH_ASSOC));
test('large ints', fn () => $db->query('SELECT 9223372036854775807 AS big, -9223372036854775807 AS small')->fetch(PDO::FETCH_NUM));
test('empty string', fn () => $db->query("SELECT '' AS e")->fetch(PDO::FETCH_NUM));
test('unicode', fn () => $db->query("SELECT 'wörld ☃ 😀' AS u")->fetch(PDO::FETCH_NUM));
$values = [
    'pgsql' => ['true', 'false', "1::smallint", '2::bigint', '1.25::real', '1e100::float8', "'NaN'::float8", "'-Infinity'::float8", '12.30::numeric(6,2)',
        "'2024-02-29'::date", "'2024-02-29 12:34:56.789'::timestamp", "'2024-02-29 12:34:56+02'::timestamptz AT TIME ZONE 'UTC'", "'12:34:56'::time",
        "'1 day 2 hours'::interval", "'{\"a\": [1, 2]}'::json", "'{\"a\": [1, 2]}'::jsonb", "ARRAY[1,2,3]", "ARRAY['a,b','c\"d',NULL]",
        "'\\x00ff10'::bytea", "'0e37df36-f698-11e6-8dd4-cb9ced3df976'::uuid", "'10.0.0.0/8'::inet", "row(1,'x')", "int4range(1,5)", "'a'::char(3)",
        "12345::oid", "'12.34'::money", "B'101'", "point(1,2)"],
    'mysql' => ['TRUE', '18446744073709551615', '1.25e0', '1e100', 'CAST(1.1 AS FLOAT)', '12.30', "DATE '2024-02-29'", "TIMESTAMP '2024-02-29 12:34:56'",
        "CAST('2024-02-29 12:34:56.789' AS DATETIME(3))", "TIME '12:34:56'", "CAST('-800:00:01' AS TIME)", "b'101'", "X'00FF10'", "CAST('a' AS BINARY)",
        "JSON_OBJECT('a', 1)", "CAST('2024' AS YEAR)", "CAST(5 AS UNSIGNED)", "-5 DIV 2", "'a' = 'A'", "NOW() > '2000-01-01'"],
    'sqlite' => ['1 = 1', "x'00ff10'", '1e100', '12.30', "date('2024-02-29')", "typeof(1)", "json('[1, 2]')", "CAST('12' AS INTEGER)", "'a' || 'b'", 'NULL'],
];
foreach ($values[$kind] as $value) {
    test("value $value", fn () => $db->query("SELECT $value AS v")->fetch(PDO::FETCH_ASSOC));
    if ($kind !== 'sqlite') {
        test("prepared value $value", function () use ($open, $value) {
            $s = $open([PDO::ATTR_EMULATE_PREPARES => false])->prepare("SELECT $value AS v, ? AS p");
            $s->execute(['x']);
            return $s->fetchColumn();
        });
    }
}

// Placeholders
test('positional', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = ? AND stock > ?');
    return [$s->execute([1, 0]), $s->fetchAll(PDO::FETCH_COLUMN)];
});
test('named', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = :id AND stock > :stock');
    return [$s->execute(['id' => 2, ':stock' => 0]), $s->fetchAll(PDO::FETCH_COLUMN)];
});
test('again with others', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = ?');
    $all = [];
    foreach ([1, 2, 3, 99] as $id) {
        $s->execute([$id]);
        $all[] = $s->fetchColumn();
        $s->closeCursor();
    }
    return $all;
});
test('bindValue', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = :id');
    return [$s->bindValue(':id', 3, PDO::PARAM_INT), $s->execute(), $s->fetchColumn(), $s->bindValue('id', '1'), $s->execute(), $s->fetchColumn()];
});
test('bindParam', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = ?');
    $s->bindParam(1, $id, PDO::PARAM_INT);
    $all = [];
    foreach ([1, 2, 3] as $id) {
        $s->execute();
        $all[] = $s->fetchColumn();
    }
    return $all;
});
test('null', function () use ($db) {
    $s = $db->prepare('UPDATE item SET note = :note WHERE id = 1');
    $s->bindValue(':note', null, PDO::PARAM_NULL);
    return [$s->execute(), $s->rowCount(), $db->query('SELECT note FROM item WHERE id = 1')->fetchColumn()];
});
test('bool', function () use ($db) {
    $s = $db->prepare('UPDATE item SET stock = CASE WHEN ' . ($GLOBALS['kind'] === 'pgsql' ? '?::bool' : '?') . ' THEN 9 ELSE 8 END WHERE id = 1');
    $s->bindValue(1, true, PDO::PARAM_BOOL);
    $s->execute();
    return $db->query('SELECT stock FROM item WHERE id = 1')->fetchColumn();
});
test('bytes', function () use ($db, $kind) {
    $bytes = implode('', array_map(chr(...), range(0, 255)));
    $db->exec('DROP TABLE IF EXISTS bin');
    $db->exec('CREATE TABLE bin (b ' . ($kind === 'pgsql' ? 'bytea' : 'blob') . ')');
    $s = $db->prepare('INSERT INTO bin VALUES (?)');
    $s->bindValue(1, $bytes, PDO::PARAM_LOB);
    $s->execute();
    $back = $db->query('SELECT b FROM bin')->fetchColumn();
    return [get_debug_type($back), (is_resource($back) ? stream_get_contents($back) : $back) === $bytes];
});
test('a stream', function () use ($db) {
    $db->exec('DELETE FROM bin');
    $stream = fopen('php://memory', 'w+b');
    fwrite($stream, "some\0bytes");
    rewind($stream);
    $s = $db->prepare('INSERT INTO bin VALUES (:b)');
    $s->bindParam(':b', $stream, PDO::PARAM_LOB);
    $s->execute();
    $s = $db->query('SELECT b FROM bin');
    $s->bindColumn(1, $b, PDO::PARAM_LOB);
    $s->fetch(PDO::FETCH_BOUND);
    return $b;
});
test('unicode value', function () use ($db) {
    $s = $db->prepare('UPDATE item SET note = ? WHERE id = 2');
    $s->execute(["it's \"ö\" \\ ☃ 😀"]);
    return $db->query('SELECT note FROM item WHERE id = 2')->fetchColumn();
});
test('a quote in text', fn () => $db->query("SELECT '?' AS a, ':x' AS b -- ? :y\n")->fetch(PDO::FETCH_NUM));
test('name used twice', function () use ($db) {
    $s = $db->prepare('SELECT name FROM item WHERE id = :id OR id = :id + 1 ORDER BY id');
    $s->execute(['id' => 1]);
    return $s->fetchAll(PDO::FETCH_COLUMN);
});
test('limit', function () use ($db) {
    $s = $db->prepare('SELECT id FROM item ORDER BY id LIMIT :n');
    $s->bindValue('n', 2, PDO::PARAM_INT);
    $s->execute();
    return $s->fetchAll(PDO::FETCH_COLUMN);
});
if ($kind === 'pgsql') {
    test('cast', fn () => $db->query("SELECT '5'::int AS five")->fetchColumn());
    test('operator ??', fn () => $db->query("SELECT jsonb_build_object('a', 1) ?? 'a' AS has")->fetchColumn());
    test('returning', fn () => $db->query("INSERT INTO item (name, price) VALUES ('fig', 3) RETURNING name, price")->fetchAll(PDO::FETCH_ASSOC));
    test('dollar quotes', fn () => $db->query('SELECT $a$it\'s ? :x$a$ AS t')->fetchColumn());
}
test('too few values', function () use ($db) {
    return $db->prepare('SELECT name FROM item WHERE id = ? OR id = ?')->execute([1]);
});
test('too many values', function () use ($db) {
    return $db->prepare('SELECT name FROM item WHERE id = ?')->execute([1, 2]);
});
test('no values', fn () => $db->prepare('SELECT name FROM item WHERE id = :id')->execute());
test('wrong name', fn () => $db->prepare('SELECT name FROM item WHERE id = :id')->execute(['other' => 1]));
test('wrong name bound', fn () => $db->prepare('SELECT name FROM item WHERE id = :id')->bindValue('other', 1));
test('mixed', fn () => $db->prepare('SELECT name FROM item WHERE id = :id OR id = ?')->execute([1, 'id' => 2]));
test('position 0', fn () => $db->prepare('SELECT ?')->bindValue(0, 1));
test('values where there is no place', fn () => $db->prepare('SELECT 1')->execute([1]));

// Rows changed
test('rowCount of insert', function () use ($db) {
    $s = $db->prepare('INSERT INTO item (name, price) VALUES (?, ?)');
    $s->execute(['kiwi', '0.5']);
    return [$s->rowCount(), $s->columnCount(), $s->fetchAll()];
});
test('rowCount of update', function () use ($db) {
    $s = $db->prepare('UPDATE item SET price = price + 1 WHERE name IN (?, ?)');
    $s->execute(['kiwi', 'plum']);
    return $s->rowCount();
});
test('rowCount of delete', function () use ($db) {
    $s = $db->prepare('DELETE FROM item WHERE name = ?');
    $s->execute(['kiwi']);
    return $s->rowCount();
});
test('last id is the row\'s', function () use ($db) {
    $s = $db->prepare('INSERT INTO item (name) VALUES (?)');
    $s->execute(['mango']);
    return $db->lastInsertId() === (string) $db->query("SELECT id FROM item WHERE name = 'mango'")->fetchColumn();
});
if ($kind === 'pgsql') {
    test('last id of a sequence', fn () => $db->lastInsertId('item_id_seq') === (string) $db->query("SELECT max(id) FROM item")->fetchColumn());
}

// Errors
$bad = [
    'no table' => 'SELECT * FROM nowhere',
    'no column' => 'SELECT nothing FROM item',
    'syntax' => 'SELEC 1',
    'unique' => "INSERT INTO item (name) VALUES ('apple')",
    'not null' => "INSERT INTO item (name, stock) VALUES ('x', NULL)",
    'division by zero' => 'SELECT 1 / 0',
    'far into a long line' => "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbb', nothing_here, 'cccccccccccccccccccccccc' FROM item",
    'third line' => "SELECT 1,\n 2,\n nothing_here,\n 3",
    'no function' => 'SELECT no_such_function(1)',
];
foreach ($bad as $what => $sql) {
    test("query $what", fn () => $db->query($sql));
    test("exec $what", fn () => ($kind === 'mysql' ? $open() : $db)->exec($sql)); // its rows would be left there
    test("prepare $what", fn () => $db->prepare($sql)->execute());
    test("codes $what", fn () => [$db->errorCode(), $db->errorInfo()]);
}
test('after an error', fn () => [$db->query('SELECT 1')->fetchColumn(), $db->errorCode(), $db->errorInfo()]);
if ($kind === 'pgsql') {
    test('invalid text', function () use ($db) {
        return $db->prepare('SELECT name FROM item WHERE id = ?')->execute(['abc']);
    });
    test('detail', fn () => $db->exec("ALTER TABLE item ADD CONSTRAINT c CHECK (stock < 100); INSERT INTO item (name, stock) VALUES ('full', 1000)"));
    test('in a function', fn () => $db->exec('DO $$ BEGIN PERFORM 1 / 0; END $$'));
    test('raise', fn () => $db->exec("DO \$\$ BEGIN RAISE EXCEPTION 'my own' USING ERRCODE = 'P0042', HINT = 'a hint'; END \$\$"));
}
if ($kind === 'mysql') {
    test('signal', fn () => $db->exec("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'my own', MYSQL_ERRNO = 1644"));
    test('out of range', fn () => $db->exec('UPDATE item SET stock = 99999999999 WHERE id = 1'));
}
foreach ([PDO::ERRMODE_SILENT, PDO::ERRMODE_WARNING] as $mode) {
    $quiet = $open([PDO::ATTR_ERRMODE => $mode]);
    test("mode $mode query", fn () => [$quiet->query('SELECT * FROM nowhere'), $quiet->errorCode(), count($quiet->errorInfo())]);
    test("mode $mode exec", fn () => [$quiet->exec('SELECT * FROM nowhere'), $quiet->errorInfo()[0]]);
    test("mode $mode execute", function () use ($quiet) {
        $s = $quiet->prepare("INSERT INTO item (name) VALUES (?)");
        return [$s->execute(['apple']), $s->errorCode(), $s->errorInfo()[0], $quiet->errorCode(), $s->fetch()];
    });
    test("mode $mode parameters", fn () => $quiet->prepare('SELECT name FROM item WHERE id = :id')->bindValue('other', 1));
    test("mode $mode attribute", fn () => $quiet->getAttribute(PDO::ATTR_CURSOR_NAME));
}

// Attributes
test('default mode', function () use ($open, $select) {
    $db = $open([PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
    return [$db->getAttribute(PDO::ATTR_DEFAULT_FETCH_MODE), $db->query($select)->fetch(), $db->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, PDO::FETCH_OBJ),
        $db->query($select)->fetch()];
});
test('default mode into', fn () => $db->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, PDO::FETCH_INTO));
foreach (['ATTR_ERRMODE', 'ATTR_CASE', 'ATTR_ORACLE_NULLS', 'ATTR_STRINGIFY_FETCHES', 'ATTR_PERSISTENT', 'ATTR_DEFAULT_FETCH_MODE', 'ATTR_AUTOCOMMIT',
    'ATTR_EMULATE_PREPARES', 'ATTR_CURSOR_NAME', 'ATTR_PREFETCH'] as $attribute) {
    test("get $attribute", fn () => $db->getAttribute(constant("PDO::$attribute")));
}
test('set error mode wrong', fn () => $db->setAttribute(PDO::ATTR_ERRMODE, 9));
test('set case wrong', fn () => $db->setAttribute(PDO::ATTR_CASE, 9));
test('set unknown', fn () => $db->setAttribute(12345, 1));
foreach ([PDO::CASE_UPPER, PDO::CASE_LOWER, PDO::CASE_NATURAL] as $case) {
    test("case $case", fn () => [$db->setAttribute(PDO::ATTR_CASE, $case), array_keys($db->query('SELECT 1 AS ' . ($kind === 'pgsql' ? '"aB"' : 'aB')
        . ', 2 AS c')->fetch(PDO::FETCH_ASSOC))]);
}
test('stringify', function () use ($open, $kind) {
    $db = $open([PDO::ATTR_STRINGIFY_FETCHES => true]);
    return $db->query('SELECT 1 AS a, 2.5 AS b, NULL AS c, ' . ($kind === 'pgsql' ? "true AS d, false AS e, '\\x41'::bytea AS f" : '1.5e0 AS d'))->fetch(PDO::FETCH_NUM);
});
test('oracle nulls', function () use ($open) {
    $db = $open([PDO::ATTR_ORACLE_NULLS => PDO::NULL_TO_STRING]);
    $a = $db->query("SELECT NULL AS a, '' AS b")->fetch(PDO::FETCH_NUM);
    $db->setAttribute(PDO::ATTR_ORACLE_NULLS, PDO::NULL_EMPTY_STRING);
    return [$a, $db->query("SELECT NULL AS a, '' AS b")->fetch(PDO::FETCH_NUM)];
});
test('statement attribute', fn () => $db->query('SELECT 1')->getAttribute(PDO::ATTR_CURSOR_NAME));

// Transactions
test('none', fn () => $db->inTransaction());
test('commit of none', fn () => $db->commit());
test('roll back of none', fn () => $db->rollBack());
test('roll back', function () use ($db) {
    $before = (int) $db->query('SELECT count(*) FROM item')->fetchColumn();
    $a = [$db->beginTransaction(), $db->inTransaction(), $db->exec("INSERT INTO item (name) VALUES ('gone')"),
        (int) $db->query('SELECT count(*) FROM item')->fetchColumn() - $before, $db->rollBack(), $db->inTransaction()];
    return [...$a, (int) $db->query('SELECT count(*) FROM item')->fetchColumn() - $before];
});
test('commit', function () use ($db) {
    $before = (int) $db->query('SELECT count(*) FROM item')->fetchColumn();
    $a = [$db->beginTransaction(), $db->exec("INSERT INTO item (name) VALUES ('kept')"), $db->commit(), $db->inTransaction()];
    return [...$a, (int) $db->query('SELECT count(*) FROM item')->fetchColumn() - $before];
});
test('begin twice', function () use ($db) {
    $db->beginTransaction();
    try {
        return $db->beginTransaction();
    } finally {
        $db->rollBack();
    }
});
test('failed in a transaction', function () use ($db, $kind) {
    $db->beginTransaction();
    try {
        $db->query('SELECT * FROM nowhere');
    } catch (PDOException $e) {
        $after = null;
        try {
            $after = $db->query('SELECT 1')->fetchColumn();
        } catch (PDOException $e2) {
            $after = $e2->getMessage();
        }
        return [$e->getCode(), $db->inTransaction(), $after, $db->rollBack(), $db->inTransaction()];
    }
});
test('by hand', fn () => [$db->exec('BEGIN'), $kind === 'sqlite' || $db->inTransaction(), $db->exec('ROLLBACK')]);
test('savepoints', function () use ($db) {
    $db->beginTransaction();
    $db->exec('SAVEPOINT a');
    $db->exec("INSERT INTO item (name) VALUES ('sp')");
    $db->exec('ROLLBACK TO SAVEPOINT a');
    $db->commit();
    return $db->query("SELECT count(*) FROM item WHERE name = 'sp'")->fetchColumn();
});
test('last id in a transaction', function () use ($db) {
    $db->beginTransaction();
    $db->exec("INSERT INTO item (name) VALUES ('tx')");
    $same = $db->lastInsertId() === (string) $db->query("SELECT id FROM item WHERE name = 'tx'")->fetchColumn();
    $db->rollBack();
    return $same;
});
test('temporary table', function () use ($db) {
    $db->exec('CREATE TEMPORARY TABLE passing (a int)');
    $db->exec('INSERT INTO passing VALUES (1), (2)');
    return $db->query('SELECT count(*) FROM passing')->fetchColumn();
});
if ($kind === 'mysql') {
    test('session variable', fn () => [$db->exec('SET @x = 5'), $db->query('SELECT @x + 1')->fetchColumn()]);
    test('implicit commit', function () use ($db) {
        $db->beginTransaction();
        $db->exec('CREATE TABLE IF NOT EXISTS implicit (a int)');
        return $db->inTransaction();
    });
    test('commit after it', fn () => $db->commit());
    test('call', function () use ($db) {
        $db->exec('DROP PROCEDURE IF EXISTS two');
        $db->exec('CREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END');
        $s = $db->query('CALL two()');
        return [$s->fetchAll(PDO::FETCH_ASSOC), $s->nextRowset(), $s->columnCount(), $s->fetchAll(PDO::FETCH_ASSOC)];
    });
    test('show', fn () => $db->query("SHOW TABLES LIKE 'item'")->fetchAll(PDO::FETCH_COLUMN));
    test('unsigned', function () use ($db) {
        $db->exec('DROP TABLE IF EXISTS u');
        $db->exec('CREATE TABLE u (a bigint unsigned, b float, c double, d bit(8), e year, f tinyint(1), g datetime(6), h enum("x","y"), i json, j decimal(20,5), k date)');
        $db->exec("INSERT INTO u VALUES (18446744073709551615, 1.1, 1.1, b'101', 2024, 1, '2024-02-29 12:34:56.100', 'y', '{\"a\":1}', 12345678901234.5, '0000-00-00')");
        return $db->query('SELECT * FROM u')->fetch(PDO::FETCH_ASSOC);
    });
    test('unsigned, prepared', function () use ($open) {
        $s = $open([PDO::ATTR_EMULATE_PREPARES => false])->prepare('SELECT * FROM u WHERE f = ?');
        $s->execute([1]);
        return $s->fetch(PDO::FETCH_ASSOC);
    });
} else {
    test('next rowset', fn () => $db->query('SELECT 1')->nextRowset());
}

// The rest
foreach (["it's", '', 'a\\b', "a\nb", 'ö☃', '"x"', "tab\there"] as $text) {
    test('quote ' . json_encode($text), fn () => [$quoted = $db->quote($text), $db->query("SELECT $quoted")->fetchColumn() === $text]);
}
test('quote int', fn () => $db->quote('5', PDO::PARAM_INT));
test('quote bytes', fn () => $db->quote("\x01\xff", PDO::PARAM_LOB));
foreach ([0, 1, 2] as $column) {
    test("meta $column", function () use ($db, $column) {
        $meta = $db->query('SELECT id, name, stock * 2 AS twice FROM item')->getColumnMeta($column);
        unset($meta['pgsql:table_oid'], $meta['table'], $meta['len'], $meta['precision'], $meta['flags']);
        ksort($meta);
        return $meta;
    });
}
test('meta beyond', fn () => $db->query('SELECT 1')->getColumnMeta(7));
test('meta before', fn () => $db->query('SELECT 1')->getColumnMeta(-1));
test('query string', fn () => $db->prepare('SELECT  1')->queryString);
test('codes of a statement', function () use ($db) {
    $s = $db->prepare('SELECT 1');
    $before = [$s->errorCode(), $s->errorInfo()];
    $s->execute();
    return [$before, $s->errorCode(), $s->errorInfo()];
});
test('serialize a statement', fn () => serialize($db->query('SELECT 1')));
test('clone a statement', fn () => clone $db->query('SELECT 1'));
test('large result', function () use ($db, $kind) {
    $sql = $kind === 'pgsql' ? 'SELECT generate_series(1, 5000) AS n'
        : 'WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 999) SELECT n FROM s';
    return array_sum($db->query($sql)->fetchAll(PDO::FETCH_COLUMN));
});
test('large value', function () use ($db) {
    $s = $db->prepare('SELECT ? AS v');
    $s->execute([str_repeat('x', 1000000)]);
    return strlen($s->fetchColumn());
});
test('many statements', function () use ($db) {
    for ($i = $sum = 0; $i < 400; $i++) {
        $sum += $db->query("SELECT $i + 0")->fetchColumn();
    }
    return $sum;
});
test('drivers', fn () => array_intersect(['mysql', 'pgsql', 'sqlite'], $class::getAvailableDrivers()));
test('connect', fn () => $class::connect($dsn, $user, $password)->query('SELECT 1')->fetchColumn());
foreach (['item', 'bin', 'u', 'implicit'] as $table) {
    $db->exec("DROP TABLE IF EXISTS $table");
}
