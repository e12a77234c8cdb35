<?php

/*
 * The demo: a page with a live chat, a guestbook with a JSON API, and the server's own figures.
 *
 *     phalanx examples/demo/start.php start
 *
 * Two HTTP workers serve the page and the API; one WebSocket worker is the chat room. They share
 * nothing but an SQLite file, because a worker never sees another worker's variables.
 * PHALANX_DEMO_ADDRESS, PHALANX_DEMO_CHAT_PORT and PHALANX_DEMO_DATABASE change where it listens and
 * what it writes.
 */

declare(strict_types=1);

use Demo\ChatRoom;
use Demo\Database;
use Demo\Figures;
use Demo\Guestbook;
use Demo\Site;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Demo\\')) {
        require __DIR__ . '/src/' . substr($class, strlen('Demo\\')) . '.php';
    }
});

$address = getenv('PHALANX_DEMO_ADDRESS') ?: '127.0.0.1:8080';
$colon = (int) strrpos($address, ':');
$host = substr($address, 0, $colon);
$port = (int) substr($address, $colon + 1);
$chatPort = (int) (getenv('PHALANX_DEMO_CHAT_PORT') ?: $port + 1);
$databaseFile = getenv('PHALANX_DEMO_DATABASE') ?: __DIR__ . '/runtime/demo.sqlite';

Worker::$pidFile = __DIR__ . "/runtime/demo-$port.pid";
Worker::$logFile = __DIR__ . '/runtime/demo.log';

$web = new Worker("http://$host:$port");
$web->name = 'demo-web';
$web->count = 2;
$web->onWorkerStart = static function (Worker $worker) use ($databaseFile, $chatPort): void {
    // A database connection belongs to one worker: open it here, not at the top of the script.
    $database = Database::open($databaseFile);
    $figures = new Figures($database, $worker);
    $site = new Site(new Guestbook($database), __DIR__ . '/public', $chatPort);

    $worker->onMessage = static function (TcpConnection $connection, Request $request) use ($site, $figures): void {
        $figures->countRequest();
        $connection->send($site->handle($request));
    };
    Timer::add(1.0, $figures->report(...));
};

$chat = new Worker("websocket://$host:$chatPort");
$chat->name = 'demo-chat';
$chat->count = 1; // everybody is in one room, so everybody is in one worker
$chat->onWorkerStart = static function (Worker $worker) use ($databaseFile, $port): void {
    $database = Database::open($databaseFile);
    $figures = new Figures($database, $worker);
    $guestbook = new Guestbook($database);
    $room = new ChatRoom($port);

    $worker->onWebSocketConnect = $room->admit(...);
    $worker->onMessage = $room->hear(...);
    $worker->onClose = $room->leave(...);
    Timer::add(1.0, static function () use ($figures, $guestbook, $room): void {
        $figures->report();
        $room->broadcast(['type' => 'figures', 'guestbook' => $guestbook->revision()] + $figures->collect());
    });
};

Worker::runAll();
