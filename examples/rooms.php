<?php

/*
 * Chat rooms on all workers, whose connections stay when the code is reloaded.
 *
 *     phalanx examples/rooms.php start
 *
 * In a browser's console, in two windows:
 *
 *     ws = new WebSocket('ws://127.0.0.1:8080'); ws.onmessage = (event) => console.log(event.data)
 *     ws.send('{"do": "login", "user": "ada"}')
 *     ws.send('{"do": "enter", "room": "tea"}')
 *     ws.send('{"do": "say", "room": "tea", "text": "Hello"}')
 *     ws.send('{"do": "whisper", "user": "bob", "text": "Hello"}')
 *
 * Then change something below, run `phalanx examples/rooms.php reload`, and go on talking. From a shell:
 *
 *     PHALANX_APP=examples/rooms.php phalanx -r 'Phalanx\Connections::sendToAll("Tea is ready");'
 */

declare(strict_types=1);

use Phalanx\Connections;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$worker = new Worker('websocket://127.0.0.1:' . (getenv('PORT') ?: 8080));
$worker->count = 2;
$worker->keepConnections = true;

$worker->onMessage = static function (TcpConnection $connection, string $message): void {
    $wish = json_decode($message, true);
    $name = $connection->state['name'] ?? 'somebody';
    switch ($wish['do'] ?? '') {
        case 'login':
            $connection->state['name'] = $wish['user'];
            Connections::bindUser($connection, $wish['user']);
            break;
        case 'enter':
            Connections::join($connection, $wish['room']);
            Connections::sendToGroup($wish['room'], "$name came in");
            break;
        case 'say':
            Connections::sendToGroup($wish['room'], "$name: {$wish['text']}", exceptConnections: [$connection]);
            break;
        case 'whisper':
            $heard = Connections::isOnline($wish['user']);
            Connections::sendToUser($wish['user'], "$name whispers: {$wish['text']}");
            $connection->send($heard ? 'heard' : 'nobody there');
            break;
        default:
            $connection->send('What?');
    }
};

// After a reload, for each connection that the old code has left.
$worker->onConnectionResume = static function (TcpConnection $connection): void {
    $connection->send('new code');
};

Worker::runAll();
