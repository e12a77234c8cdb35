<?php

/*
 * The application's servers.
 *
 *     phalanx server.php start         runs them; also stop, restart, reload, status
 *     phalanx watch server.php         the same for development
 */

declare(strict_types=1);

use App\Room;
use Phalanx\Phalcon\Server;
use Workerman\Worker;

if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require __DIR__ . '/vendor/autoload.php';
}
require_once __DIR__ . '/autoload.php';

$host = getenv('HOST') ?: '127.0.0.1';
$port = (int) (getenv('PORT') ?: 8080);
$roomPort = (int) (getenv('ROOM_PORT') ?: 8081);

// The page, its files and the API: see app.php.
$web = new Server("http://$host:$port", require __DIR__ . '/app.php');
$web->name = 'web';
$web->count = 2;
$web->publicFolder = __DIR__ . '/public';
$web->processWide = ['database', 'notes']; // made once for each worker; all other services once for each request

// The room: who is in it stays in it when the code is reloaded.
$room = new Worker("websocket://$host:$roomPort");
$room->name = 'room';
$room->keepConnections = true;
(new Room())->attach($room);

Server::runAll();
