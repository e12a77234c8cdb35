<?php

/**
 * Requests that ask a database: a row by its key, twenty rows one after the other, and (/together) twenty at the same
 * time. BENCH_DATABASE says how: "pdo" is PHP's PDO with one connection for each worker and prepared statements that
 * are kept, "front" the same code on Phalanx\Sql\Pdo, "sql" is Phalanx\Sql. BENCH_DSN names the database for PDO,
 * BENCH_URL for Phalanx.
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

use function Phalanx\all;

require __DIR__ . '/common.php';

const QUERY = 'SELECT id, number FROM world WHERE id = ';

$how = getenv('BENCH_DATABASE');
$row = null;
$worker = benchWorker('http');
$worker->count = (int) (getenv('BENCH_COUNT') ?: 1);
$worker->onWorkerStart = static function () use ($how, &$row): void {
    if ($how === 'sql') {
        $database = new Phalanx\Sql\Database((string) getenv('BENCH_URL'));
        $query = QUERY . (str_starts_with((string) getenv('BENCH_URL'), 'pgsql') ? '$1' : '?');
        $row = static fn (int $id): array => $database->first($query, [$id]);
        return;
    }
    $class = $how === 'pdo' ? PDO::class : Phalanx\Sql\Pdo::class;
    $pdo = new $class((string) getenv('BENCH_DSN'), getenv('BENCH_USER') ?: null, getenv('BENCH_PASSWORD') ?: null, [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_EMULATE_PREPARES => false,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    ]);
    $statement = $pdo->prepare(QUERY . '?');
    $row = static function (int $id) use ($statement): array {
        $statement->execute([$id]);
        return $statement->fetch();
    };
};
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$row): void {
    $id = (int) $request->get('id');
    if ($request->path() === '/one') {
        $answer = $row($id);
    } else {
        $ids = [];
        for ($i = 0; $i < 20; $i++) {
            $ids[] = 10000 + ($id - 10000 + $i * 397) % 10000;
        }
        $answer = $request->path() === '/twenty'
            ? array_map($row, $ids)
            : all(array_map(static fn (int $id): Closure => static fn (): array => $row($id), $ids));
    }
    $connection->send(new Response(200, ['Content-Type' => 'application/json'], json_encode($answer)));
};

Worker::runAll();
