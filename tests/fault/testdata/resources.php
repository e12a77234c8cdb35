<?php

declare(strict_types=1);

// What needs descriptors, disk and the time of day, for resources_test.go. What cannot be had is an exception or a warning.

use Phalanx\Shared\Cache;
use Phalanx\Sql\Database;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\Session\FileSessionHandler;
use Workerman\Timer;
use Workerman\Worker;

$disk = getenv('DISK') ?: __DIR__;
FileSessionHandler::sessionSavePath("$disk/sessions");
$ticks = 0;

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = (int)(getenv('COUNT') ?: 1);
$web->messageTimeout = 10.0;
$web->onWorkerStart = static function () use (&$ticks): void {
    Timer::repeat(0.05, static function () use (&$ticks): void {
        $ticks++;
    });
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($disk, &$ticks): void {
    try {
        $answer = match ($request->path()) {
            '/insert' => (static function () use ($disk): string {
                $sql = new Database("sqlite:$disk/rows.sqlite");
                $sql->execute('CREATE TABLE IF NOT EXISTS rows (text TEXT)');
                $sql->execute('INSERT INTO rows VALUES (?)', [str_repeat('x', 20000)]);
                return 'stored';
            })(),
            '/session' => (static function () use ($request): string {
                $session = $request->session();
                $session->set('n', $session->get('n', 0) + 1);
                $session->save();
                return 'n=' . $session->get('n');
            })(),
            '/upload' => $request->file('file')['error'] === UPLOAD_ERR_OK
                ? 'uploaded ' . filesize($request->file('file')['tmp_name'])
                : throw new RuntimeException('upload error ' . $request->file('file')['error']),
            '/log' => (static function (): string {
                Worker::log(str_repeat('a line of the log ', 100));
                return 'logged';
            })(),
            '/file' => (static function () use ($disk): string {
                $handle = @fopen("$disk/file-" . random_int(0, 1_000_000), 'w');
                return $handle === false ? throw new RuntimeException('no file') : 'opened';
            })(),
            '/cache' => (static function (): string {
                $cache = new Cache('clock', maxBytes: 1 << 20);
                return $cache->remember('key', static fn () => 'computed ' . bin2hex(random_bytes(4)), 3600.0);
            })(),
            '/ticks' => (string)$ticks,
            '/time' => (string)time(),
            default => 'hello',
        };
        $connection->send($answer);
    } catch (Throwable $e) {
        $connection->send(new Response(500, [], get_class($e) . ': ' . $e->getMessage()));
    }
};

$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->name = 'text';
$text->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("text $data");

if (getenv('CERT')) {
    $secure = new Worker('https://127.0.0.1:' . getenv('PORT3'), ['ssl' => ['local_cert' => getenv('CERT')]]);
    $secure->name = 'secure';
    $secure->count = $web->count;
    $secure->onMessage = static fn (TcpConnection $connection, Request $request) => $connection->send('hello');
}

Worker::$monitorAddress = '127.0.0.1:' . getenv(getenv('CERT') ? 'PORT4' : 'PORT3');
Worker::$logFile = "$disk/workerman.log";
Worker::$stopTimeout = 1;
Worker::runAll();
