<?php

declare(strict_types=1);

// Each path sets something of an answer to what an attacker would like it to be.

use Phalanx\Http\PublicFiles;
use Phalanx\Http\Sapi;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

const EVIL = "x\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Evil: 2\r\n\r\n";

$responses = [
    '/value' => static fn () => new Response(200, ['X-Safe' => EVIL]),
    '/name' => static fn () => new Response(200, [EVIL => 'x']),
    '/list' => static fn () => new Response(200, ['X-Safe' => ['a', EVIL]]),
    '/header' => static fn () => (new Response())->header('X-Safe', EVIL),
    '/with-header' => static fn () => (new Response())->withHeader('X-Safe', EVIL),
    '/with-headers' => static fn () => (new Response())->withHeaders(['X-Safe' => EVIL, EVIL => 'y']),
    '/status' => static fn () => (new Response())->withStatus(200, EVIL),
    '/version' => static fn () => (new Response())->withProtocolVersion(EVIL),
    '/type' => static fn () => new Response(200, ['Content-Type' => EVIL], 'body'),
    '/location' => static fn () => new Response(302, ['Location' => EVIL]),
    '/cookie-name' => static fn () => (new Response())->cookie(EVIL, 'x'),
    '/cookie-value' => static fn () => (new Response())->cookie('a', EVIL),
    '/cookie-path' => static fn () => (new Response())->cookie('a', 'b', 1, EVIL),
    '/cookie-domain' => static fn () => (new Response())->cookie('a', 'b', 1, '/', EVIL),
    '/cookie-same-site' => static fn () => (new Response())->cookie('a', 'b', 1, '/', '', false, false, EVIL),
    '/file' => static fn () => (new Response(200, ['X-Safe' => EVIL]))->withFile(__DIR__ . "/evil\r\nX-Evil: 1.bin"),
];
foreach (["\r", "\n", "\0", ':'] as $n => $byte) { // each alone
    $responses["/name-$n"] = static fn () => new Response(200, ["X-Evil{$byte}name" => 'x']);
    if ($byte !== ':') {
        $responses["/value-$n"] = static fn () => new Response(200, ['X-Safe' => "a{$byte}X-Evil"]);
        $responses["/list-$n"] = static fn () => new Response(200, ['X-Safe' => ['a', "b{$byte}X-Evil"]]);
    }
}
$sapi = [
    '/sapi-header' => static fn () => header('X-Safe: ' . EVIL),
    '/sapi-location' => static fn () => header('Location: ' . EVIL),
    '/sapi-cookie' => static fn () => setcookie('a', EVIL),
    '/sapi-raw-cookie' => static fn () => setrawcookie('a', EVIL),
    '/sapi-cookie-name' => static fn () => setcookie(EVIL, 'a'),
    '/sapi-cookie-path' => static fn () => setcookie('a', 'b', ['path' => EVIL]),
    '/sapi-cookie-domain' => static fn () => setcookie('a', 'b', ['domain' => EVIL]),
    '/sapi-cookie-same-site' => static fn () => setcookie('a', 'b', ['samesite' => EVIL]),
    '/sapi-session-name' => static fn () => session_name(EVIL) . session_start(),
    '/sapi-session-id' => static fn () => session_id(EVIL) . session_start(),
    '/sapi-mime' => static fn () => ini_set('default_mimetype', EVIL),
];
foreach (['public/.git', 'public/.well-known', 'public/sub'] as $folder) {
    @mkdir(__DIR__ . "/$folder", 0700, true);
}
foreach (['outside', 'public/.env', 'public/.git/config', 'public/app.php', 'public/sub/.htaccess'] as $file) {
    file_put_contents(__DIR__ . "/$file", 'secret');
}
foreach (['public/open.txt', 'public/.well-known/open.txt', 'public/sub/open.txt'] as $file) {
    file_put_contents(__DIR__ . "/$file", 'open');
}
foreach (['../outside', '.env', 'app.php', 'open.txt'] as $n => $target) {
    @symlink($target, __DIR__ . "/public/link$n");
}
file_put_contents(__DIR__ . "/evil\r\nX-Evil: 1.bin", 'body');

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$php = new Sapi($web);
$public = new PublicFiles(__DIR__ . '/public');
$web->onMessage = static function (TcpConnection $connection, Request $request) use (
    $responses,
    $sapi,
    $php,
    $public,
): void {
    $path = $request->path();
    if (isset($sapi[$path])) {
        $answer = $php->serve($connection, $request, static function () use ($sapi, $path): void {
            try {
                @$sapi[$path]();
            } catch (ValueError) {
            }
        });
        $connection->send($answer, true);

        return;
    }
    try {
        $answer = match (true) {
            $path === '/paths' => implode(' ', array_keys($responses + $sapi)),
            isset($responses[$path]) => $responses[$path](),
            default => ($file = $public->find($request)) === null
                ? new Response(404)
                : (new Response())->withFile($file),
        };
    } catch (Throwable $e) {
        $answer = 'refused';
    }
    $connection->send($answer);
};

$socket = new Worker('websocket://127.0.0.1:' . getenv('PORT2'));
$socket->onWebSocketConnect = static function (TcpConnection $connection, $request): void {
    $connection->headers = ['X-Safe: ' . EVIL, EVIL . ': x'];
};

Worker::runAll();
