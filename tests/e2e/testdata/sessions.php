<?php

declare(strict_types=1);

// Port 1: Workerman's sessions. Port 2: PHP's own, strict, in two workers. Both answer [id, values].

use Phalanx\Http\Sapi;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Session\FileSessionHandler;
use Workerman\Timer;
use Workerman\Worker;

FileSessionHandler::sessionSavePath(__DIR__ . '/sessions');
$own = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$own->onMessage = static function (TcpConnection $connection, Request $request): void {
    $session = $request->session();
    if ($request->path() === '/add') {
        $session->set('user', $request->get('user'));
    } elseif ($request->path() === '/regenerate') {
        $request->sessionRegenerateId(true);
    }
    $connection->send(json_encode([$request->sessionId(), (object) $request->session()->all()]));
};

is_dir(__DIR__ . '/native') || mkdir(__DIR__ . '/native');
$native = new Worker('http://127.0.0.1:' . getenv('PORT2'));
$native->eventLoop = Fiber::class;
$native->count = 2;
$native->onWorkerStart = static function (Worker $worker): void {
    ini_set('session.use_strict_mode', '1');
    ini_set('session.save_path', __DIR__ . '/native');
    ini_set('session.name', 'PHPSID');
    $sapi = new Sapi($worker);
    $worker->onMessage = static function (TcpConnection $connection, Request $request) use ($sapi): void {
        $connection->send($sapi->serve($connection, $request, static function () use ($request): void {
            session_start();
            if ($request->path() === '/add') {
                $_SESSION['user'] = $request->get('user');
            } elseif ($request->path() === '/regenerate') {
                session_regenerate_id(true);
            } elseif ($request->path() === '/count') {
                $count = $_SESSION['count'] ?? 0;
                Timer::sleep(0.001); // others run meanwhile
                $_SESSION['count'] = $count + 1;
            }
            echo json_encode([session_id(), (object) $_SESSION]);
        }), true);
    };
};

Worker::runAll();
