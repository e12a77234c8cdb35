<?php
// Manual: coroutine, "Channel", "WaitGroup", "Barrier", "Parallel", "Context", "Locker"; Timer, "sleep".
use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Coroutine\Barrier;
use Workerman\Coroutine\Channel;
use Workerman\Coroutine\Context;
use Workerman\Coroutine\Locker;
use Workerman\Coroutine\Parallel;
use Workerman\Coroutine\WaitGroup;
use Workerman\Events\Fiber;
use Workerman\Events\Swoole;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

function answer(TcpConnection $connection, Request $request): void
{
    switch ($request->path()) {
        case '/sleep':
            Timer::sleep(0.2);
            $connection->send('hello workerman');
            return;
        case '/channel':
            $channel = new Channel(2);
            Coroutine::create(function () use ($channel) {
                $channel->push('Task 1 Done');
            });
            Coroutine::create(function () use ($channel) {
                $channel->push('Task 2 Done');
            });
            $result = [];
            for ($i = 0; $i < 2; $i++) {
                $result[] = $channel->pop();
            }
            $connection->send(json_encode($result));
            return;
        case '/wait-group':
            $wg = new WaitGroup();
            for ($i = 1; $i < 5; $i++) {
                $wg->add();
                Coroutine::create(function () use ($wg, $i) {
                    try {
                        Timer::sleep($i / 1000);
                    } finally {
                        $wg->done();
                    }
                });
            }
            $connection->send($wg->wait(10.0) ? 'All Task Done' : 'WaitGroup Timeout');
            return;
        case '/barrier':
            $done = 0;
            $barrier = Barrier::create();
            for ($i = 1; $i < 5; $i++) {
                Coroutine::create(function () use ($barrier, $i, &$done) {
                    Timer::sleep($i / 1000);
                    $done++;
                });
            }
            Barrier::wait($barrier);
            $connection->send("$done Tasks Done");
            return;
        case '/parallel':
            $parallel = new Parallel();
            for ($i = 1; $i < 5; $i++) {
                $parallel->add(function () use ($i) {
                    Timer::sleep((5 - $i) / 1000);
                    return $i;
                });
            }
            $connection->send(json_encode($parallel->wait()));
            return;
        case '/context':
            Context::set('user_info', ['id' => 1, 'name' => 'name']);
            Coroutine::create(function () use (&$other) {
                $other = Context::get('user_info');
            });
            $connection->send(json_encode([$other, Context::get('user_info')]));
            return;
        case '/locker':
            static $inside = 0;
            Locker::lock('redis');
            $inside++;
            Timer::sleep(0.001);
            $connection->send((string)$inside--);
            Locker::unlock('redis');
    }
}

$worker1 = new Worker('http://127.0.0.1:' . getenv('PORT'));
$worker1->eventLoop = Fiber::class;
$worker1->onWorkerStart = function () {
    Timer::sleep(0.01);
    echo "started by a coroutine\n";
};
$worker1->onMessage = 'answer';

$worker2 = new Worker('http://127.0.0.1:' . getenv('PORT2'));
$worker2->eventLoop = Swoole::class;
$worker2->onMessage = function (TcpConnection $connection, Request $request) {
    answer($connection, $request);
};

$worker3 = new Worker('http://127.0.0.1:' . getenv('PORT3'));
$worker3->onMessage = function (TcpConnection $connection, Request $request) {
    Coroutine::create('answer', $connection, $request);
};

Worker::runAll();
