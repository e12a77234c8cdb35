<?php

declare(strict_types=1);

use App\Api;
use App\Notes;
use Phalanx\Sql\Database;
use Phalcon\Di\FactoryDefault;
use Phalcon\Mvc\Micro;

// Makes the application with a container of its own: one for each request that a worker serves at the same time.
return static function (): Micro {
    $services = new FactoryDefault();
    $services->setShared('database', static fn (): Database => new Database(
        'sqlite:' . (getenv('DATA') ?: __DIR__ . '/runtime') . '/notes.sqlite',
    ));
    $services->setShared('notes', static fn (): Notes => new Notes($services->getShared('database')));

    $app = new Micro($services);
    (new Api($app))->mount();

    return $app;
};
