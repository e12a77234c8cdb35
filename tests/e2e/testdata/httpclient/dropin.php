<?php

// Workerman\Http\Client of the binary: callbacks on the loop Select, results on the loop Fiber.

use Workerman\Coroutine;
use Workerman\Events\Fiber;
use Workerman\Http\Client;
use Workerman\Http\ParallelClient;
use Workerman\Http\Response;
use Workerman\Psr7\MultipartStream;
use Workerman\Timer;
use Workerman\Worker;

$url = getenv('SERVER');
$say = static function (string $text): void {
    echo "$text\n";
};

$callbacks = new Worker();
$callbacks->onWorkerStart = static function () use ($url, $say): void {
    Timer::delay(0.01, static function () use ($url, $say): void {
        $http = new Client(['timeout' => 5]);
        $error = static fn (Throwable $e) => $say('error: ' . $e::class . " {$e->getCode()}");
        $answer = $http->get("$url/echo", static function (Response $r) use ($say): void {
            $e = json_decode((string)$r->getBody(), true);
            $say("get: {$r->getStatusCode()} {$r->getReasonPhrase()} {$r->getHeaderLine('content-type')} {$e['method']} "
                . "{$e['header']['User-Agent'][0]} " . var_export(Coroutine::isCoroutine(), true));
        }, $error);
        $say('answer: ' . var_export($answer, true));
        $body = static fn (string $name) => static function (Response $r) use ($name, $say): void {
            $e = json_decode((string)$r->getBody(), true);
            $say("$name: {$e['method']} {$e['uri']} {$e['body']} " . ($e['header']['Content-Type'][0] ?? 'no type'));
        };
        $http->post("$url/echo", ['a' => 1, 'b' => 'x y'], $body('post'), $error);
        $http->request("$url/echo?x=1", ['data' => ['y' => 2], 'success' => $body('query')]);
        $http->request("$url/echo", ['method' => 'put', 'data' => '{}', 'headers' => ['content-type' => 'application/json'],
            'success' => $body('put')]);
        $http->get('http://127.0.0.1:1/', static fn () => $say('no'), $error);
        $http->request('nonsense', ['success' => static fn () => $say('no'), 'error' => static fn (Throwable $e) => $say(
            'bad: ' . $e::class . " {$e->getMessage()}"
        )]);
        (new Client(['timeout' => 1]))->get("$url/hang", null, static fn (Throwable $e) => $say(
            'late: ' . $e->getCode() . ' ' . preg_replace('/\d+\.\d+\.\d+\.\d+/', 'HOST', $e->getMessage())
        ));
        $http->request("$url/drip", [
            'response' => static fn (Response $r) => $say(
                "head: {$r->getStatusCode()} [{$r->getBody()}] {$r->getHeaderLine('Transfer-Encoding')} "
                . var_export($r instanceof Workerman\Psr7\Response, true)
            ),
            'progress' => static fn (string $piece) => $say("piece: $piece"),
            'success' => static fn (Response $r) => $say("end: {$r->getBody()}"),
        ]);
        $http->get("$url/redirect/2", static fn (Response $r) => $say("redirected: {$r->getStatusCode()}"), $error);
        $http->request("$url/redirect/3", ['allow_redirects' => ['max' => 1], 'success' => static fn (Response $r) => $say(
            "redirects: {$r->getStatusCode()} {$r->getHeaderLine('Location')}"
        )]);
        $multipart = new MultipartStream([['name' => 'file', 'contents' => fopen(__FILE__, 'r')], ['name' => 'j', 'contents' => '1']]);
        $http->request("$url/form", ['method' => 'POST', 'data' => $multipart,
            'headers' => ['Content-Type' => 'multipart/form-data; boundary=' . $multipart->getBoundary()],
            'success' => static function (Response $r) use ($say): void {
                $form = json_decode((string)$r->getBody(), true);
                $say('form: ' . json_encode($form['fields']) . ' ' . preg_replace('/\d+$/', 'SIZE', $form['files'][0]));
            }]);
        $one = new Client(['max_conn_per_addr' => 1]);
        $done = 0;
        foreach (range(1, 3) as $ignored) {
            $one->get("$url/slow", static function () use (&$done, $one, $say): void {
                if (++$done === 3) {
                    $say("queue: {$one->queueCount()}");
                }
            });
        }
        $say("queued: {$one->queueCount()} {$one->queueCount('tcp://' . parse_url($url, PHP_URL_HOST) . ':' . parse_url($url, PHP_URL_PORT))}");
    });
};

$coroutines = new Worker();
$coroutines->eventLoop = Fiber::class;
$coroutines->onWorkerStart = static function () use ($url, $say): void {
    $http = new Client();
    $say("waited: {$http->get("$url/hello")->getBody()}");
    $say('waited: ' . json_decode((string)$http->post("$url/echo", ['k' => 'v'])->getBody(), true)['body']);
    foreach (['http://127.0.0.1:1/', ':nonsense'] as $bad) {
        try {
            $http->get($bad);
        } catch (RuntimeException $e) {
            $say('thrown: ' . $e->getCode());
        }
    }
    $one = new Client(['max_conn_per_addr' => 1]);
    $parallel = new Workerman\Coroutine\Parallel();
    foreach (range(1, 3) as $n) {
        $parallel->add(static fn () => (string)$one->get("$url/slow")->getBody(), $n);
    }
    $say('one by one: ' . implode(',', $parallel->wait()));
    $client = new ParallelClient();
    $client->batch([["$url/hello", []], 'bad' => ['http://127.0.0.1:1/', []]]);
    $client->push("$url/status/404");
    foreach ($client->await() as $key => [$ok, $result]) {
        $say("parallel $key: " . ($ok ? $result->getStatusCode() : $result::class));
    }
    $say('thrown: ' . (function () use ($client): string {
        $client->push('http://127.0.0.1:1/');
        try {
            $client->await(true);
        } catch (RuntimeException $e) {
            return $e::class;
        }
        return 'nothing';
    })());
    $say('end of coroutines');
};
Worker::runAll();
