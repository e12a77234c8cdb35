<?php
// Manual: HTTP, "response".
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Chunk;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

$worker = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker->onMessage = function (TcpConnection $connection, Request $request) {
    switch ($request->path()) {
        case '/404':
            $connection->send(new Response(404, [], '<h1>Sorry, the file does not exist</h1>'));
            break;
        case '/headers':
            $response = new Response(200, ['X-Header-One' => 'Header Value'], 'this is body');
            $response->header('Content-Type', 'text/plain');
            $response->withHeaders(['X-Header-Two' => 'Another']);
            $connection->send($response);
            break;
        case '/redirect':
            $connection->send(new Response(302, ['Location' => '/test_location']));
            break;
        case '/cookie':
            $response = new Response(200, [], 'this is body');
            $response->cookie('name', 'tom');
            $connection->send($response);
            break;
        case '/file':
            $connection->send((new Response())->withFile(__FILE__));
            break;
        case '/chunked':
            $connection->send(new Response(200, ['Transfer-Encoding' => 'chunked'], 'hello'));
            $connection->send(new Chunk('first part'));
            $connection->send(new Chunk('second part'));
            $connection->send(new Chunk(''));
            break;
        case '/close':
            $connection->close('this is the end');
            break;
        default:
            $connection->send('this is body');
    }
};

Worker::runAll();
