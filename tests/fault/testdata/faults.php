<?php

declare(strict_types=1);

// What ends a script or a process, for faults_test.go: the web's slots break, the text worker goes on.

use Phalanx\Sql\Database;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->messageTimeout = (float)(getenv('LIMIT') ?: 1.0);
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    switch ($request->path()) {
        case '/exit':
            exit(7);
        case '/fatal':
            eval('interface Countable {}');
            // no break
        case '/memory':
            ini_set('memory_limit', '32M');
            for ($all = [];;) {
                $all[] = str_repeat('x', 1 << 20);
            }
            // no break
        case '/hoard':
            ini_set('memory_limit', '-1');
            for ($all = [];;) {
                $all[] = str_repeat('x', 1 << 20);
            }
            // no break
        case '/throw':
            throw new RuntimeException('nobody catches this');
        case '/recursion':
            (static function (callable $again): void {
                array_map(static fn () => $again($again), [1]);
            })(static fn (callable $again) => array_map(static fn () => $again($again), [1]));
            // no break
        case '/loop':
            while (true) {
                getenv('PORT1');
            }
            // no break
        case '/crash':
            crash_fault();
            // no break
        case '/spin':
            crash_spin();
            // no break
        case '/abort':
            posix_kill(posix_getpid(), SIGABRT);
            sleep(3600);
            // no break
        case '/insert': // what is acknowledged is there
            $sql = new Database('sqlite:' . __DIR__ . '/rows.sqlite?busy_timeout=10s');
            $sql->execute('INSERT INTO rows (id) VALUES (?)', [(int)$request->get('id')]);
            $connection->send('stored');
            return;
        default:
            $connection->send('hello');
            return;
    }
    $connection->send('unreachable');
};

$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->name = 'text';
$text->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("text $data");

if (is_string(phalanx_role()) && phalanx_role() === 'script') {
    (new Database('sqlite:' . __DIR__ . '/rows.sqlite'))->script(
        'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY);'
    );
}
Worker::$onWorkerExit = static fn (Worker $w, $status) => print("exit of $w->name with $status\n");
Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT3');
Worker::$stopTimeout = 1;
Worker::runAll();
