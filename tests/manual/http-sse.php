<?php
// Manual: HTTP, "SSE".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\ServerSentEvents;
use Workerman\Timer;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->onMessage = function (TcpConnection $connection, Request $request) {
    if ($request->header('accept') === 'text/event-stream') {
        $connection->send(new Response(200, ['Content-Type' => 'text/event-stream'], "\r\n"));
        $timer_id = Timer::add(0.02, function () use ($connection, &$timer_id) {
            if ($connection->getStatus() !== TcpConnection::STATUS_ESTABLISHED) {
                echo "peer gone\n";
                Timer::del($timer_id);
                return;
            }
            $connection->send(new ServerSentEvents(['event' => 'message', 'data' => 'hello', 'id' => 1]));
        });
        return;
    }
    $connection->send('ok');
};

Worker::runAll();
