<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Coroutine\Channel;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

/** Workerman\Events\Fiber: callbacks run in Fibers. */
final class CoroutineLoopTest extends EngineCase
{
    private Fiber $fiberLoop;

    protected function setUp(): void
    {
        parent::setUp();
        Worker::$globalEvent = $this->fiberLoop = new Fiber();
        Timer::init($this->fiberLoop);
    }

    public function testTimersAndStreamsRunInFibers(): void
    {
        [$a, $b] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $log = [];
        $this->fiberLoop->delay(0.001, static function (string $name) use (&$log): void {
            Timer::sleep(0.01);
            $log[] = $name;
        }, ['timer']);
        $this->fiberLoop->onReadable($b, function ($stream) use (&$log): void {
            $log[] = \fread($stream, 100);
            $this->fiberLoop->offReadable($stream);
            Timer::sleep(0.02);
            $log[] = 'stream';
        });
        \fwrite($a, 'read');
        $this->runLoop(2, static function () use (&$log): bool {
            return \count($log) === 3;
        });
        self::assertSame(['read', 'timer', 'stream'], $log);
    }

    public function testMessagesOfOneConnectionOverlap(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, string $data): void {
            Timer::sleep((float)$data);
            $connection->send($data);
        };
        $this->assertAnswer("0.001\n0.02\n", $this->client($worker), "0.02\n0.001\n");
    }

    public function testAnswersToPipelinedRequestsKeepTheirOrder(): void
    {
        $worker = new Worker('http://127.0.0.1:0');
        $order = [];
        $worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$order): void {
            Timer::sleep((float)$request->get('t'));
            $order[] = $request->get('t');
            $connection->send($request->get('t'));
        };
        $client = $this->client($worker);
        foreach (['0.02', '0.01', '0', '0.001'] as $t) {
            \fwrite($client, "GET /?t=$t HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        $this->runLoop(2, static function () use (&$order): bool {
            return \count($order) === 4;
        });
        self::assertSame(['0.02', '0.01', '0', '0.001'], $order);
    }

    public function testTheHandshakesCallbackIsNoCoroutine(): void
    {
        $worker = new Worker('websocket://127.0.0.1:0');
        $coroutine = [];
        $worker->onWebSocketConnect = static function () use (&$coroutine): void {
            $coroutine['onWebSocketConnect'] = Coroutine::isCoroutine();
        };
        $worker->onWebSocketPing = static function () use (&$coroutine): void {
            $coroutine['onWebSocketPing'] = Coroutine::isCoroutine();
        };
        $worker->onMessage = static function () use (&$coroutine): void {
            $coroutine['onMessage'] = Coroutine::isCoroutine();
        };
        $client = $this->client($worker);
        \fwrite($client, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            . "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            . "\x89\x80\0\0\0\0" . "\x81\x81\0\0\0\0x");
        $this->runLoop(2, static function () use (&$coroutine): bool {
            return \count($coroutine) === 3;
        });
        self::assertSame(
            ['onWebSocketConnect' => false, 'onWebSocketPing' => false, 'onMessage' => true],
            $coroutine,
        );
    }

    public function testConnectionCallbacksMayWait(): void
    {
        $log = [];
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onConnect = static function (TcpConnection $connection) use (&$log): void {
            Timer::sleep(0.001);
            $log[] = 'connect';
            $connection->onMessage = static function (TcpConnection $connection, string $data): void {
                Timer::sleep(0.001);
                $connection->close($data);
            };
        };
        $worker->onClose = static function () use (&$log): void {
            Timer::sleep(0.001);
            $log[] = 'close';
        };
        $client = $this->client($worker);
        $this->runLoop(2, static function () use (&$log): bool {
            return $log === ['connect'];
        });
        \fwrite($client, "hello\n");
        $this->runLoop(2, static function () use (&$log): bool {
            return \count($log) === 2;
        });
        self::assertSame(['connect', 'close'], $log);
        self::assertSame("hello\n", \fread($client, 100));
    }

    public function testWhatAMessageThrowsLaterGoesToTheConnection(): void
    {
        $caught = null;
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onConnect = static function (TcpConnection $connection) use (&$caught): void {
            $connection->errorHandler = static function (\Throwable $e) use (&$caught): void {
                $caught = $e->getMessage();
            };
        };
        $worker->onMessage = static function (): void {
            Timer::sleep(0.001);
            throw new \RuntimeException('later');
        };
        $client = $this->client($worker);
        \fwrite($client, "x\n");
        $this->runLoop(2, static function () use (&$caught): bool {
            return $caught !== null;
        });
        self::assertSame('later', $caught);
    }

    public function testChannelsInACallback(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection): void {
            $channel = new Channel(2);
            foreach ([1, 2] as $n) {
                Coroutine::create(static function () use ($channel, $n): void {
                    Timer::sleep($n / 500);
                    $channel->push("task $n");
                });
            }
            $connection->send($channel->pop() . ', ' . $channel->pop());
        };
        $this->assertAnswer("task 1, task 2\n", $this->client($worker), "go\n");
    }

    public function testWithoutRevoltThereIsNoDriver(): void
    {
        $this->expectExceptionMessage('revolt/event-loop is not installed');
        $this->fiberLoop->driver();
    }
}
