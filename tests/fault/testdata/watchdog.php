<?php

declare(strict_types=1);

// Callbacks that do not come to an end, in every way.

use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

final class Stuck
{
    /** @return never */
    public static function spin(string $secret): void
    {
        $n = 0;
        while (true) {
            $n = ($n * 31 + strlen($secret)) % 1000003;
        }
    }

    public function tight(): void
    {
        for (;;) {
        }
    }
}

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = (int)(getenv('COUNT') ?: 1);
$web->messageTimeout = getenv('LIMIT') === false ? null : (float)getenv('LIMIT');
if (getenv('COROUTINES')) {
    $web->eventLoop = Fiber::class;
}
$web->onWorkerStart = static fn (Worker $worker) => print("started $worker->name $worker->id\n");
$web->onMessage = static function (TcpConnection $connection, Request $request): void {
    switch ($request->path()) {
        case '/spin':
            Stuck::spin('a password');
            // no break
        case '/tight':
            (new Stuck())->tight();
            // no break
        case '/catch': // what catches everything does not catch this
            while (true) {
                try {
                    Stuck::spin('a password');
                } catch (Throwable) {
                    continue;
                } finally {
                    echo 'finally';
                }
            }
            // no break
        case '/nested':
            (new \Fiber(static fn () => usort(...[[3, 1, 2], static fn () => Stuck::spin('x')])))->start();
            break;
        case '/generator':
            foreach ((static function () {
                yield 1;
                Stuck::spin('x');
            })() as $n) {
                echo $n;
            }
            break;
        case '/shutdown': // the end does not end either
            register_shutdown_function(static fn () => Stuck::spin('x'));
            Stuck::spin('x');
            // no break
        case '/sleep':
            sleep(3600);
            break;
        case '/pipe':
            $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            fread(popen('sleep 3600', 'r'), 10);
            break;
        case '/flock':
            $held = fopen(getenv('HELD'), 'c');
            flock($held, LOCK_EX);
            break;
        case '/socket': // PHP waits again when a signal comes
            ini_set('default_socket_timeout', '3600');
            fread(stream_socket_client('tcp://127.0.0.1:' . getenv('SILENT')), 10);
            break;
        case '/many': // none of them takes long
            usleep(20_000);
            $connection->send('done');
            return;
        case '/wait': // a coroutine that waits is not stuck
            Timer::sleep(0.05 * 20);
            $connection->send('waited');
            return;
        case '/pid':
            $connection->send((string)getmypid());
            return;
        default:
            $connection->send('hello');
            return;
    }
    $connection->send('unreachable');
};
$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->name = 'text';
$text->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("text $data");

Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT3');
Worker::$stuckTimeout = (float)(getenv('STUCK') ?: 60);
Worker::$stopTimeout = 1;
Worker::runAll();
