<?php

// workerman/http-client: callbacks on the loop Select, and calls that wait on the loop Fiber.

use Workerman\Connection\TcpConnection;
use Workerman\Coroutine\Parallel;
use Workerman\Events\Fiber;
use Workerman\Http\Client;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

$url = 'http://127.0.0.1:' . getenv('PORT');
$server = new Worker($url);
$server->onMessage = static function (TcpConnection $connection, Request $request): void {
    match ($request->path()) {
        '/slow' => Timer::add(0.05, static fn () => $connection->send('slow'), [], false),
        '/missing' => $connection->send(new Response(404, [], 'nothing here')),
        '/moved' => $connection->send(new Response(302, ['Location' => '/there'])),
        default => $connection->send($request->method() . ' ' . $request->path() . ' ' . json_encode($request->post())),
    };
};

$callbacks = new Worker();
$callbacks->onWorkerStart = static function () use ($url): void {
    $client = new Client();
    Timer::delay(0.05, static function () use ($client, $url): void { // not in a coroutine
        $client->get("$url/get", static fn ($response) => print("callback: {$response->getStatusCode()} {$response->getBody()}\n"));
        $client->post("$url/post", ['a' => 1], static fn ($response) => print("callback: {$response->getBody()}\n"));
        $client->get('http://127.0.0.1:1/', static fn () => null, static fn ($e) => print('callback: ' . get_class($e) . "\n"));
    });
};

$coroutines = new Worker();
$coroutines->eventLoop = Fiber::class;
$coroutines->onWorkerStart = static function () use ($url): void {
    $client = new Client(['timeout' => 5]);
    Timer::sleep(0.05);
    echo "waited: {$client->get("$url/get")->getBody()}\n";
    echo "waited: {$client->post("$url/post", ['b' => 2])->getBody()}\n";
    echo "waited: {$client->get("$url/missing")->getStatusCode()}\n";
    echo "waited: {$client->get("$url/moved")->getBody()}\n";
    try {
        $client->get('http://127.0.0.1:1/');
    } catch (Throwable $e) {
        echo 'waited: ', get_class($e), "\n";
    }
    $parallel = new Parallel();
    foreach (range(1, 5) as $n) {
        $parallel->add(static fn () => (string)$client->get("$url/slow")->getBody(), "n$n");
    }
    echo 'waited: ', json_encode($parallel->wait()), "\n";
};
Worker::runAll();
