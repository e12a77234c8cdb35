<?php

declare(strict_types=1);

use Phalanx\Phalcon\Server;

$server = new Server(
    'http://' . (getenv('ADDRESS') ?: '127.0.0.1:8080'),
    require __DIR__ . '/app.php',
);
$server->count = 2;
$server->processWide = ['access', 'cache', 'database', 'tasks', 'tokens'];

Server::runAll();
