<?php

// What Phalanx\Http\Client can do, one line each, against the server that SERVER names.

use Phalanx\Exception\ExceptionInterface;
use Phalanx\Http\Client;
use Phalanx\Http\CookieJar;
use Phalanx\Http\Exception\ConnectException;
use Phalanx\Http\Exception\HttpException;
use Phalanx\Http\Exception\InvalidRequestException;
use Phalanx\Http\Exception\ResponseTooLargeException;
use Phalanx\Http\Exception\StatusException;
use Phalanx\Http\Exception\TimeoutException;
use Phalanx\Http\Mock;
use Phalanx\Http\Part;
use Phalanx\Http\RecordedRequest;
use Phalanx\Http\Request;
use Phalanx\Http\Response;

use function Phalanx\{all, async, timeout};

$server = getenv('SERVER');
$client = new Client(baseUrl: $server, headers: ['X-Client' => 'e2e']);

$is = static function (string $what, mixed $expected, mixed $got): void {
    if ($expected !== $got) {
        echo "$what: expected ", var_export($expected, true), ', got ', var_export($got, true), "\n";
        exit(1);
    }
};
$throws = static function (string $what, string $class, callable $callback) use ($is): Throwable {
    try {
        $callback();
    } catch (Throwable $e) {
        $is($what, $class, $e::class . ($e instanceof $class ? '' : ': ' . $e->getMessage()));
        $is("$what, marker", true, $e instanceof ExceptionInterface || $e instanceof LogicException || $e::class === 'Error'
            || $e::class === 'JsonException');

        return $e;
    }
    $is($what, $class, 'no exception');
    exit(1);
};

// Requests and responses.
$r = $client->get('/echo', query: ['a' => [1, 2], 'b' => 'x y'], headers: ['X-List' => ['1', '2'], 'x-client' => 'own']);
$echo = $r->json();
$is('query', '/echo?a%5B0%5D=1&a%5B1%5D=2&b=x%20y', $echo['uri']);
$is('list', ['1', '2'], $echo['header']['X-List']);
$is('own header', ['own'], $echo['header']['X-Client']);
$is('status', [200, true, 'OK', '1.1'], [$r->status, $r->isOk(), $r->reason, $r->version]);
$is('header', 'application/json', $r->header('CONTENT-TYPE'));
$is('no header', [null, [], false], [$r->header('nope'), $r->headerValues('nope'), $r->hasHeader('nope')]);
$is('timings', true, $r->timings()->total > 0 && $r->timings()->name === null);
$is('query and fragment', '/echo?z=0&a=1', $client->get('/echo?z=0#there', ['a' => 1])->json()['uri']);
$is('json', ['{"a":[1.0,"é/"]}', ['application/json'], ['application/json']], array_map(
    static fn (string|array $key) => is_string($key) ? $client->post('/echo', ['a' => [1.0, 'é/']])->json()[$key]
        : $client->post('/echo', ['a' => 1])->json()['header'][$key[0]],
    ['body', ['Content-Type'], ['Accept']]
));
$is('json type', ['application/vnd.x'], $client->post('/echo', ['a'], headers: ['content-type' => 'application/vnd.x'])
    ->json()['header']['Content-Type']);
$is('form', 'a=1&b%5B0%5D=2', $client->put('/echo', form: ['a' => 1, 'b' => [2]])->json()['body']);
$is('patch', 'PATCH', $client->patch('/echo', body: 'x')->json()['method']);
$is('delete', 'DELETE', $client->delete('/echo')->json()['method']);
$is('head', ['', '5'], [($h = $client->head('/length'))->body(), $h->header('Content-Length')]);
$is('lower case', 'GET', $client->request('get', '/echo')->json()['method']);
$is('bearer', ['Bearer t'], $client->get('/echo', bearer: 't')->json()['header']['Authorization']);
$is('basic', ['Basic ' . base64_encode('u:p')], $client->with(basic: ['u', 'p'])->get('/echo')->json()['header']['Authorization']);
$is('with replaces credentials', ['Bearer t'], $client->with(basic: ['u', 'p'])->with(bearer: 't')->get('/echo')
    ->json()['header']['Authorization']);
$is('with adds headers', [['1'], ['e2e']], array_values(array_intersect_key(
    $client->with(headers: ['A-New' => 1])->get('/echo')->json()['header'],
    ['A-New' => 0, 'X-Client' => 0]
)));

// Bodies.
$file = tempnam(sys_get_temp_dir(), 'phx');
file_put_contents($file, str_repeat('x', 100000));
$is('file', [100000, false], [strlen(($e = $client->put('/echo', file: $file)->json())['body']), $e['chunked']]);
$handle = fopen($file, 'r');
fseek($handle, 99990);
$is('resource', [10, 10], [strlen(($e = $client->post('/echo', body: $handle)->json())['body']), $e['length']]);
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($pair[0], 'pipe');
fclose($pair[0]);
$is('pipe', ['pipe', true], [($e = $client->post('/echo', body: $pair[1])->json())['body'], $e['chunked']]);
$generator = (static function () {
    yield 'one,';
    yield '';
    yield 'two';
})();
$is('generator', ['one,two', true], [($e = $client->post('/echo', body: $generator)->json())['body'], $e['chunked']]);
$left = 3;
$next = static function () use (&$left): ?string {
    return $left-- > 0 ? (string)$left : null;
};
$is('callable', '210', $client->post('/echo', body: $next)->json()['body']);
$is('list of strings', 'ab', $client->post('/echo', body: ['a', 'b'])->json()['body']);
$is('long string', 20000000, $client->post('/count', body: str_repeat('y', 20000000), timeout: 60)->json());
$form = $client->post('/form', multipart: [
    'plain' => 1, 'list' => ['a', 'b'], 'flag' => true, 'none' => null, 'nested' => ['k' => 'v'],
    'file' => Part::file($file, 'name.txt', 'text/plain'), 'text' => Part::text('{}', 'a.json'),
    'stream' => Part::stream(['s', 't'], 's.bin'),
])->json();
$is('multipart', ['flag' => ['1'], 'list[]' => ['a', 'b'], 'nested[k]' => ['v'], 'plain' => ['1']], $form['fields']);
$is('multipart files', ['file name.txt text/plain 100000', 'stream s.bin application/octet-stream 2',
    'text a.json application/octet-stream 2'], $form['files']);
$throws('two bodies', InvalidRequestException::class, static fn () => $client->post('/echo', ['a' => 1], body: 'x'));
$throws('no body', InvalidRequestException::class, static fn () => $client->post('/echo', body: 1.5));
$throws('no file', InvalidRequestException::class, static fn () => $client->post('/echo', file: '/no/such/file'));
$e = $throws('a body that throws', DomainException::class, static fn () => $client->post('/echo', body: (static function () {
    yield 'x';
    throw new DomainException('mine');
})()));
$is('its message', 'mine', $e->getMessage());

// What goes wrong.
$e = $throws('status', StatusException::class, static fn () => $client->get('/status/404', throw: true));
$throws('throw()', StatusException::class, static fn () => $client->get('/status/404')->throw());
$is('status exception', [404, 404, '/status/404', 'GET'], [$e->getStatus(), $e->getResponse()->status, $e->getRequest()->url,
    $e->getRequest()->method]);
$throws('throw option', StatusException::class, static fn () => $client->get('/status/500', throw: true));
$throws('throw setting', StatusException::class, static fn () => $client->with(throw: true)->get('/status/500'));
$is('throw off', 500, $client->with(throw: true)->get('/status/500', throw: false)->status);
$e = $throws('nobody listens', ConnectException::class, static fn () => $client->get('http://u:secret@127.0.0.1:1/'));
$is('no secret', false, str_contains($e->getMessage() . json_encode($e->getChain()), 'secret'));
$is('request of it', 'http://127.0.0.1:1/', $e->getUrl());
$e = $throws('time', TimeoutException::class, static fn () => $client->get('/slow', timeout: 0.02));
$is('phase', 'total', $e->getPhase());
$e = $throws('too large', ResponseTooLargeException::class, static fn () => $client->get('/bytes/2000', maxBytes: 1000));
$is('its head', 200, $e->getResponse()->status);
foreach (["\r\nC: d", "\rC: d", "\nC: d", "\0", "\r\n\r\nGET /evil HTTP/1.1\r\n"] as $evil) {
    foreach ([
        'value' => static fn () => $client->get('/echo', headers: ['A' => "b$evil"]),
        'one of several values' => static fn () => $client->get('/echo', headers: ['A' => ['b', "b$evil"]]),
        'name' => static fn () => $client->get('/echo', headers: ["A$evil" => 'b']),
        'own Host' => static fn () => $client->get('/echo', headers: ['Host' => "x$evil"]),
        'setting' => static fn () => (new Client(headers: ['A' => "b$evil"]))->get("$server/echo"),
        'method' => static fn () => $client->request("GET$evil", '/echo'),
        'host' => static fn () => $client->get("http://127.0.0.1$evil/"),
        'token' => static fn () => $client->get('/echo', bearer: "t$evil"),
        'type of a part' => static fn () => $client->post('/echo', multipart: ['a' => Part::text('b', null, type: "text/x$evil")]),
    ] as $where => $callback) {
        $throws("$where with " . json_encode($evil), InvalidRequestException::class, $callback);
    }
    // A path and a query have a way to say these bytes; a cookie is left out.
    try {
        $uri = $client->get("/echo$evil", ['a' => $evil])->json()['uri'] ?? '';
        $is('path', 0, preg_match('/[\0-\x20]/', $uri));
    } catch (InvalidRequestException) {
    }
}
$throws('timeout()', Phalanx\Exception\TimeoutException::class, static fn () => timeout(0.02, static fn () => $client->get('/slow')));
$dump = print_r($client->with(bearer: 'hidden-token', proxy: 'http://u:hidden-token@x'), true);
$is('dump', false, str_contains($dump, 'hidden-token'));

// No credentials in what is dumped of an exception.
foreach ([
    static fn () => (new Client(bearer: 'hidden-token', headers: ['X-Api-Key' => 'hidden-token']))->get('http://127.0.0.1:1/'),
    static fn () => $client->get('http://127.0.0.1:1/', bearer: 'hidden-token'),
    static fn () => $client->post('http://127.0.0.1:1/', headers: ['Authorization' => 'hidden-token'], basic: ['u', 'hidden-token']),
    static fn () => $client->get('http://127.0.0.1:1/', proxy: 'http://u:hidden-token@127.0.0.1:1'),
    static fn () => $client->get('ftp://127.0.0.1:1/', digest: ['u', 'hidden-token']),
    static fn () => new Client(bearer: 'hidden-token', timeout: -1.0),
    static fn () => new Client(basic: ['a:b', 'hidden-token']),
    static fn () => $client->with(bearer: 'hidden-token', caFile: '/no/such/file'),
] as $i => $fails) {
    $e = $throws("hidden $i", $i < 4 ? ConnectException::class : InvalidRequestException::class, $fails);
    ob_start();
    var_dump($e);
    print_r($e);
    $is("nothing hidden is dumped, $i", false, str_contains(ob_get_clean() . $e, 'hidden-token'));
}

// Redirects, cookies.
$r = $client->get('/redirect/3');
$is('redirects', [3, "$server/redirect/0", 4], [count($r->redirects), $r->url, $r->attempts]);
$is('no redirects', 302, $client->get('/redirect/3', redirects: 0)->status);
$jar = new CookieJar();
$with = $client->with(cookies: $jar);
$with->get('/cookie/set');
$is('cookie', ['c=1'], $with->get('/echo')->json()['header']['Cookie']);
$is('jar', ['c' => '1'], $jar->get($server));
$is('no cookie', false, isset($client->get('/echo')->json()['header']['Cookie']));
$is('cookie of a call', ['c=1'], $client->get('/echo', cookies: $jar)->json()['header']['Cookie']);

// Streams.
$r = $client->get('/drip', stream: true);
$pieces = iterator_to_array($r->chunks(), false);
$is('drip', 'drip0drip1drip2', implode('', $pieces));
$is('streamed', true, $r->isStreamed());
$is('body of a stream', 'drip0drip1drip2', $client->get('/drip', stream: true)->body());
$is('lines', ['one', 'two', 'three'], iterator_to_array($client->get('/lines', stream: true)->lines(), false));
$events = [];
foreach ($client->get('/events', stream: true)->events() as $event) {
    $events[] = "$event->type $event->data $event->id";
}
$is('events', ['message hello 1', 'news more 1'], $events);
$r = $client->get('/bytes/100000', stream: true);
$is('read', 10, strlen($r->read(10)));
$r->saveTo("$file.saved");
$is('saved', 99990, filesize("$file.saved"));
$client->get('/bytes/100000', sink: "$file.sink");
$is('sink', 100000, filesize("$file.sink"));
$throws('body after read', LogicException::class, static fn () => (static function () use ($client) {
    $r = $client->get('/bytes/1000', stream: true);
    $r->read(1);
    $r->body();
})());
$is('large body', 20000000, strlen($client->get('/bytes/20000000')->body()));
$client->get('/endless', stream: true)->close();
array_map(unlink(...), [$file, "$file.saved", "$file.sink"]);

// Several at once.
$is('all', ['a' => 'slow', 'b' => 'slow'], array_map(static fn (Response $r) => $r->body(), all([
    'a' => static fn () => $client->get('/slow'),
    'b' => static fn () => $client->get('/slow'),
])));
$is('sendAll', ['x' => '/echo?1', 'y' => '/echo', 'z' => '/echo?3'], array_map(
    static fn (Response $r) => $r->json()['uri'],
    $client->sendAll([
        'x' => '/echo?1', 'y' => new Request('POST', '/echo', json: [1]), 'z' => static fn (Client $c) => $c->get('/echo?3'),
    ], concurrency: 2)
));
$throws('sendAll fails', ConnectException::class, static fn () => $client->sendAll(['/slow', 'http://127.0.0.1:1/', '/slow']));
$some = [];
foreach ($client->pool(['bad' => 'http://127.0.0.1:1/', 'good' => '/echo'], concurrency: 1) as $key => $result) {
    $some[$key] = $result::class;
}
$is('pool', ['bad' => ConnectException::class, 'good' => Response::class], $some);
foreach ($client->pool(['/echo', '/slow', '/slow']) as $result) {
    break; // the others are cancelled
}
$is('in a coroutine', 3, count(Phalanx\await(async(static fn () => $client->sendAll(['/echo', '/echo', '/echo'])))));

// Middleware, tracing.
$log = [];
$mid = $client->with(middleware: [
    static function (Request $request, callable $next) use (&$log): Response {
        $log[] = "$request->method $request->url " . $request->header('x-mine');
        return $next($request->withHeader('X-Mine', '2')->with(query: ['m' => 1]));
    },
    static function (Request $request, callable $next) use (&$log): Response {
        $log[] = $request->header('x-mine');
        return $next($request);
    },
]);
$is('middleware', ['/echo?m=1', ['2']], [($e = $mid->get('/echo', headers: ['x-mine' => '1'])->json())['uri'], $e['header']['X-Mine']]);
$is('its order', ['GET /echo 1', '2'], $log);
$is('request object', 'PUT', $client->send(new Request('put', '/echo', ['a' => 'b'], body: 'x'))->json()['method']);
$throws('unknown option', InvalidRequestException::class, static fn () => $client->send(new Request('GET', '/', nope: 1)));
$throws('unknown argument', 'Error', static fn () => $client->get('/', nope: 1));
Client::propagate(static fn (string $method, string $url): array => ['traceparent' => "00-$method"]);
$is('propagated', ['00-GET'], $client->get('/echo')->json()['header']['Traceparent']);
Client::propagate(null);

// Mocks.
$mock = new Mock();
$mock->on('GET', 'https://api.test/users/*', Mock::response(json: ['id' => 7]))
    ->on('POST', '*/users', static fn (RecordedRequest $r) => Mock::response(201, $r->json()['name']))
    ->on('GET', '*/flaky', Mock::failure('network'), Mock::response(503), Mock::response(200, 'at last'))
    ->on('GET', '*/moved', Mock::response(302, headers: ['Location' => '/users/1']))
    ->queue(Mock::response(204));
$api = new Client(baseUrl: 'https://api.test', mock: $mock, retries: 2, retryDelay: 0.001, bearer: 'x');
$is('mock', 7, $api->get('/users/7')->json()['id']);
$is('mock closure', [201, 'Ann'], [($r = $api->post('/users', ['name' => 'Ann']))->status, $r->body()]);
$is('mock retries', ['at last', 3], [($r = $api->get('/flaky'))->body(), $r->attempts]);
$is('mock redirect', 'https://api.test/users/1', $api->get('/moved')->url);
$is('mock queue', 204, $api->delete('/anything')->status);
$throws('mock without answer', LogicException::class, static fn () => $api->get('/unknown'));
$throws('mock failure', HttpException::class === null ? '' : ConnectException::class, static fn () => (new Client(
    mock: (new Mock())->queue(Mock::failure('connect', 'gone'))
))->get('http://x/'));
$mock->assertSent('GET', '*/flaky', 3);
$mock->assertSent('POST', '*/users');
$mock->assertQueueIsEmpty();
$is('recorded', 'Bearer x', $mock->requests()[0]->header('authorization'));
$throws('assertSent', LogicException::class, static fn () => $mock->assertSent('GET', '*/flaky', 1));
$throws('assertNothingSent', LogicException::class, static fn () => $mock->assertNothingSent());
$throws('mock in a fiber', LogicException::class, static fn () => all([static fn () => $api->get('/unknown')]));

echo "all is well\n";
