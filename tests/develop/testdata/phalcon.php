<?php

declare(strict_types=1);

use Phalanx\Phalcon\Server;
use Phalcon\Di\FactoryDefault;
use Phalcon\Mvc\Micro;

$server = new Server('http://127.0.0.1:' . getenv('PORT1'), static function (): Micro {
    if (getenv('FAIL')) {
        throw new RuntimeException('no application');
    }
    $app = new Micro(new FactoryDefault());
    $app->get('/throw', static fn () => throw new DomainException('of a route'));
    $app->get('/', static fn () => print('served'));

    return $app;
});
Server::runAll();
