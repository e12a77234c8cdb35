<?php

declare(strict_types=1);

use Phalanx\Once;
use Phalanx\Sql\Database;
use Phalcon\Autoload\Loader;
use Phalcon\Cache\AdapterFactory as CacheAdapters;
use Phalcon\Cache\Cache;
use Phalcon\Di\FactoryDefault;
use Phalcon\Logger\Adapter\Engine as LogFile;
use Phalcon\Logger\Logger;
use Phalcon\Mvc\Micro;
use Phalcon\Session\Adapter\Shared as SharedSessions;
use Phalcon\Session\Manager as Session;
use Phalcon\Storage\AdapterFactory as StorageAdapters;
use Phalcon\Storage\SerializerFactory;
use Tasks\Access;
use Tasks\Api;
use Tasks\Tasks;
use Tasks\Tokens;

(new Loader())->addNamespace('Tasks', __DIR__ . '/src')->register();

/** Makes the application with a container of its own: one for each message that a worker serves at the same time. */
return static function (): Micro {
    $data = getenv('DATA') ?: __DIR__ . '/runtime';
    $services = new FactoryDefault();

    // Named process-wide in start.php, or by the server: made once, and used by message after message.
    $services->setShared('database', static fn (): Database => new Database("sqlite:$data/tasks.sqlite"));
    $services->setShared('tasks', fn (): Tasks => new Tasks($services->getShared('database')));
    $services->setShared('access', static fn (): Access => new Access());
    $services->setShared('tokens', static fn (): Tokens => new Tokens(
        getenv('SECRET') ?: Once::value('tasks.secret', static fn (): string => base64_encode(random_bytes(64))),
    ));
    $services->setShared('cache', static fn (): Cache => new Cache(
        (new CacheAdapters(new SerializerFactory()))->newInstance('shared', ['name' => 'tasks', 'lifetime' => 60]),
    ));
    $services->setShared('logger', static fn (): Logger => new Logger('api', [
        'file' => new LogFile("$data/api.log"),
    ]));

    // Of a message: made when it is first asked for, and gone with the answer.
    $services->setShared('session', static function (): Session {
        $session = new Session(['name' => 'tasks']);
        $session->setAdapter(new SharedSessions(new StorageAdapters(new SerializerFactory())));
        $session->start();

        return $session;
    });

    $application = new Micro($services);
    (new Api($application))->mount();

    return $application;
};
