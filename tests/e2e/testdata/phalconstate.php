<?php

declare(strict_types=1);

// Phalcon's sessions and cache in two workers, each of which serves several messages at once.

use Phalanx\Http\Sapi;
use Phalanx\Shared\Counter;
use Phalcon\Cache\AdapterFactory as CacheAdapterFactory;
use Phalcon\Cache\Cache;
use Phalcon\Session\Adapter\Shared;
use Phalcon\Session\Manager;
use Phalcon\Storage\AdapterFactory;
use Phalcon\Storage\SerializerFactory;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$handle = static function (Request $request, Manager $session, Cache $cache): mixed {
    $session->start();
    $user = $request->get('user');
    switch ($request->path()) {
        case '/login':
            $session->regenerateId();
            $session->set('user', $user);
            break;
        case '/meet': // both are here before either goes on
            $session->set('user', $user);
            (new Counter('here'))->add();
            (new Counter('here'))->waitFor(2);
            break;
        case '/logout':
            $session->destroy();
            break;
        case '/count':
            return $cache->getAdapter()->increment('count');
        case '/cache':
            return [$cache->get('page'), $cache->set('page', ['by' => $user])];
    }

    return [$session->get('user'), $session->getId()];
};

foreach ([1, 2] as $i) {
    $worker = new Worker('http://127.0.0.1:' . getenv("PORT$i"));
    $worker->eventLoop = Fiber::class;
    $worker->onWorkerStart = static function () use ($worker, $handle): void {
        $serializers = new SerializerFactory();
        ini_set('session.use_strict_mode', '1');
        $sapi = new Sapi($worker);
        $session = (new Manager())->setName('sid')->setAdapter(new Shared(new AdapterFactory($serializers)));
        $cache = new Cache((new CacheAdapterFactory($serializers))->newInstance('shared'));
        $worker->onMessage = static function (TcpConnection $connection, Request $request) use (
            $handle,
            $sapi,
            $session,
            $cache
        ): void {
            $connection->send($sapi->serve($connection, $request, static function () use (
                $handle,
                $request,
                $session,
                $cache
            ): void {
                echo json_encode($handle($request, $session, $cache));
            }), true);
        };
    };
}
Worker::runAll();
