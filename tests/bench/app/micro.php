<?php

/**
 * A route of Phalcon\Mvc\Micro with a parameter, answered with JSON: served by Phalanx\Phalcon\Server, or, where
 * BENCH_WORKERMAN names a checkout, by upstream Workerman with the cphalcon extension and the least that joins the two.
 */

declare(strict_types=1);

use Phalanx\Phalcon\Server;
use Phalcon\Di\FactoryDefault;
use Phalcon\Http\Response;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Micro;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response as WorkermanResponse;
use Workerman\Worker;

require __DIR__ . '/common.php';

function microApplication(): Micro
{
    $app = new Micro(new FactoryDefault());
    $app->get('/', static fn (): string => 'hello');
    foreach (['users', 'orders', 'carts', 'pages'] as $kind) {
        $app->get("/api/$kind", static fn (): string => $kind);
        $app->get("/api/$kind/{id:[0-9]+}", static fn (): string => $kind);
    }
    $app->get('/api/items/{id:[0-9a-f]+}', function (string $id): ResponseInterface {
        return $this->response->setJsonContent([
            'id' => $id,
            'title' => 'A thing',
            'price' => 12.5,
            'tags' => ['red', 'green', 'blue'],
        ]);
    });

    return $app;
}

if ((string) getenv('BENCH_WORKERMAN') === '') {
    $server = new Server('http://127.0.0.1:' . (int) getenv('BENCH_PORT'), microApplication(...));
    Server::runAll();
    return;
}

$worker = benchWorker('http');
$worker->onWorkerStart = static function () use ($worker): void {
    $app = microApplication();
    $container = $app->getDI();
    $worker->onMessage = static function (TcpConnection $connection, Request $request) use ($app, $container): void {
        $_SERVER['REQUEST_METHOD'] = $request->method();
        $_SERVER['REQUEST_URI'] = $request->uri();
        $_SERVER['HTTP_HOST'] = $request->host();
        $_GET = $request->get();
        $_COOKIE = $request->cookie();
        $container->remove('response');
        $container->setShared('response', Response::class);
        ob_start();
        $app->handle($request->uri());
        $body = ob_get_clean();
        $headers = $container->getShared('response')->getHeaders()->toArray();
        $connection->send(new WorkermanResponse(200, $headers, $body));
    };
};
Worker::runAll();
