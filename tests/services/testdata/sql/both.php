<?php

// pdo_sqlite and Phalanx\Sql have the same file open. Prints what is not as it should be, then "done".
declare(strict_types=1);

use Phalanx\Sql\Database;

require __DIR__ . '/check.php';

$db = new Database($argv[1]);
$pdo = new PDO($argv[1], options: [PDO::ATTR_TIMEOUT => 5]);
$db->script('DROP TABLE IF EXISTS both_use; CREATE TABLE both_use (id INTEGER PRIMARY KEY, who TEXT)');
check('one library', $pdo->query('SELECT sqlite_source_id()')->fetchColumn(), $db->value('SELECT sqlite_source_id()'));
for ($i = 0; $i < 200; $i++) {
    $db->execute('INSERT INTO both_use (who) VALUES (?)', ['phalanx']);
    $pdo->prepare('INSERT INTO both_use (who) VALUES (?)')->execute(['pdo']);
}
check('rows', ['pdo' => 200, 'phalanx' => 200], $db->pairs('SELECT who, count(*) FROM both_use GROUP BY who ORDER BY who'));
check('rows for PDO', 400, $pdo->query('SELECT count(*) FROM both_use')->fetchColumn());

// Each keeps the lock while the other closes its connection to the file.
$db->begin();
$db->execute('DELETE FROM both_use');
$other = new PDO($argv[1], options: [PDO::ATTR_TIMEOUT => 0]);
throws('locked', PDOException::class, fn () => $other->exec("INSERT INTO both_use (who) VALUES ('x')"), 'locked');
$other = null;
throws('locked still', PDOException::class, function () use ($argv): void {
    (new PDO($argv[1], options: [PDO::ATTR_TIMEOUT => 0]))->exec("INSERT INTO both_use (who) VALUES ('x')");
}, 'locked');
check('others read', 400, $pdo->query('SELECT count(*) FROM both_use')->fetchColumn());
$db->rollback();
$pdo->beginTransaction();
$pdo->exec('DELETE FROM both_use');
$impatient = new Database($argv[1], busyTimeout: 0.01);
throws('busy', Phalanx\Sql\Exception\Deadlock::class, fn () => $impatient->execute("INSERT INTO both_use (who) VALUES ('x')"));
$pdo->rollBack();
check('whole', ['ok'], $db->column('PRAGMA integrity_check'));
check('all there', 400, $db->value('SELECT count(*) FROM both_use'));
echo "done\n";
