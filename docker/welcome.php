<?php

declare(strict_types=1);

// What the image serves until an application is copied over it: COPY yours to /app, with a server.php.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$web = new Worker('http://0.0.0.0:8080');
$web->name = 'welcome';
$web->onMessage = static function (TcpConnection $connection): void {
    $connection->send(new Response(200, ['Content-Type' => 'text/plain; charset=utf-8'], <<<'TEXT'
        Phalanx runs. This page is what the image has at /app/server.php.

            FROM ghcr.io/phalanx-php/phalanx
            COPY . /app

        TEXT));
};

// Serves on while load balancers learn that it goes, then lets what is under way end.
Worker::$drainDelay = 1;
Worker::$stopTimeout = 8;
Worker::runAll();
