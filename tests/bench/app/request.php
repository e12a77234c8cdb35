<?php

/**
 * A request as real sites have them: query, cookies, a JSON body, a session in a file, a JSON answer. The public API
 * only; it runs on Phalanx and, where BENCH_WORKERMAN names a checkout, on upstream Workerman.
 */

declare(strict_types=1);

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\Session\FileSessionHandler;
use Workerman\Worker;

require __DIR__ . '/common.php';

$worker = benchWorker('http');
$worker->onWorkerStart = static function (): void {
    FileSessionHandler::sessionSavePath(getenv('BENCH_STATE') . '/sessions');
};
$worker->onMessage = static function (TcpConnection $connection, Request $request): void {
    if ($request->method() !== 'POST' || !str_starts_with($request->path(), '/api/items/')) {
        $connection->send(new Response(404));
        return;
    }
    $item = json_decode($request->rawBody(), true);
    $session = $request->session();
    $user = $session->get('user');
    if ($user === null) { // once for each session; later requests find it in the file
        $user = ['id' => 4711, 'name' => 'Ada Lovelace', 'roles' => ['editor', 'admin']];
        $session->set('user', $user);
    }
    $connection->send(new Response(
        200,
        ['Content-Type' => 'application/json', 'Cache-Control' => 'no-store'],
        json_encode([
            'id' => $item['id'],
            'title' => $item['title'],
            'tags' => count($item['tags']),
            'total' => $item['price'] * $item['stock'],
            'page' => (int) $request->get('page', 1),
            'order' => $request->get('order', 'name'),
            'theme' => $request->cookie('theme', 'light'),
            'user' => $user,
            'session' => $request->sessionId(),
        ], JSON_UNESCAPED_UNICODE)
    ));
};

Worker::runAll();
