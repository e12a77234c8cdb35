<?php
// Manual: FAQ, "callback methods": a function's name, an object's and a class's methods, set in onWorkerStart too.
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

$named = new Worker('http://127.0.0.1:' . getenv('PORT'));
$named->onMessage = 'on_message';

function on_message(TcpConnection $connection, Request $request)
{
    $connection->send('function');
}

class MyClass
{
    public function onMessage(TcpConnection $connection, $message)
    {
        $connection->send('object');
    }

    public static function onStaticMessage(TcpConnection $connection, $message)
    {
        $connection->send('class');
    }
}

$object = new Worker('http://127.0.0.1:' . getenv('PORT2'));
$object->onWorkerStart = function ($worker) {
    $worker->onMessage = array(new MyClass(), 'onMessage');
};

$class = new Worker('http://127.0.0.1:' . getenv('PORT3'));
$class->onMessage = array('MyClass', 'onStaticMessage');

Worker::runAll();
