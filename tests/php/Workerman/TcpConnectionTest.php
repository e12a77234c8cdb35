<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Phalanx\Tests\Workerman\Protocols\Digits;
use ReflectionClass;
use RuntimeException;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Text;
use Workerman\Worker;

final class TcpConnectionTest extends EngineCase
{
    public function testWithoutItsConstructorNothingFails(): void
    {
        $connection = (new ReflectionClass(TcpConnection::class))->newInstanceWithoutConstructor();
        self::assertFalse($connection->send('x'));
        self::assertSame('', $connection->getRemoteIp());
        self::assertSame(0, $connection->bytesRead);
        self::assertSame(0, $connection->getSendBufferQueueSize());
        $connection->protocol = Text::class;
        $connection->maxPackageSize = 5;
        $connection->context->anything = 1;
        self::assertTrue(isset($connection->context->anything));
        $connection->pauseRecv();
        $connection->resumeRecv();
        $connection->close('bye');
        self::assertSame('CLOSED', $connection->getStatus(false));
        self::assertSame(5, $connection->maxPackageSize);
    }

    public function testAMockIsPossible(): void
    {
        $connection = $this->createMock(TcpConnection::class);
        $connection->expects(self::once())->method('send')->with('x')->willReturn(true);
        $connection->headers = ['A' => 'b'];
        $connection->id = 7;
        self::assertTrue($connection->send('x'));
        // Properties are the class's, though some have hooks: the double must not have any of its own.
        $connection->maxSendBufferSize = 5;
        $connection->maxPackageSize = 6;
        $connection->protocol = Text::class;
        $connection->transport = 'unix';
        $connection->websocketType = 'b';
        $connection->context->key = 'value';
        self::assertSame([5, 6, Text::class, 'unix', 'b', 'value', 0, 0], [
            $connection->maxSendBufferSize, $connection->maxPackageSize, $connection->protocol, $connection->transport,
            $connection->websocketType, $connection->context->key, $connection->bytesRead, $connection->bytesWritten,
        ]);
    }

    public function testAStreamIsRefusedClearly(): void
    {
        $this->expectException(RuntimeException::class);
        new TcpConnection($this->loop, \fopen('php://memory', 'r'));
    }

    /** It is an array, but an application may have a property of that name already. */
    public function testStateTakesWhateverAnApplicationPutsThere(): void
    {
        $connection = (new ReflectionClass(TcpConnection::class))->newInstanceWithoutConstructor();
        self::assertSame([], $connection->state);
        $connection->state['room']['seat'] = 7;
        self::assertSame(['room' => ['seat' => 7]], $connection->state);
        $connection->state = 'logged in';
        self::assertSame('logged in', $connection->state);
    }

    public function testTheTransportOfAnUnmadeConnectionIsOnlyAWord(): void
    {
        $connection = (new ReflectionClass(TcpConnection::class))->newInstanceWithoutConstructor();
        self::assertSame('tcp', $connection->transport);
        $connection->transport = 'ssl';
        self::assertSame('ssl', $connection->transport);
    }

    public function testWhatTheEngineDoesIsNotDoneOnceMore(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, string $data): void {
            $connection->baseRead($connection->getSocket()); // would take the second line
            $connection->send($data);
            $connection->baseWrite();
        };
        $client = $this->client($worker);
        $worker->onConnect = static fn () => \fwrite($client, "two\n");
        $this->assertAnswer("one\ntwo\n", $client, "one\n");
    }

    public function testAddressesCountersAndLists(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $seen = [];
        $worker->onMessage = static function (TcpConnection $connection, string $data) use ($worker, &$seen): void {
            $connection->id = 4711; // an application's own number
            $seen = [
                $connection->getRemoteAddress(), $connection->getRemotePort(), $connection->getLocalAddress(),
                $connection->isIpV4(), $connection->isIpV6(), $connection->bytesRead, \count($worker->connections),
                $connection->jsonSerialize()['getRemoteIp'], $connection->getStatus(false),
            ];
            $connection->send($data);
        };
        $client = $this->client($worker);
        $this->assertAnswer("hello\n", $client, "hello\n");
        $name = \stream_socket_get_name($client, false);
        $port = (int)\substr(\strrchr($name, ':'), 1);
        $local = \stream_socket_get_name($client, true);
        self::assertSame([$name, $port, $local, true, false, 6, 1, '127.0.0.1', 'ESTABLISHED'], $seen);
        \fclose($client);
        $this->runLoop(2, static fn () => $worker->connections === []);
        self::assertSame([], $worker->connections);
        self::assertSame([], TcpConnection::$connections);
    }

    public function testOnCloseStillKnowsThePeer(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $closed = null;
        $worker->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
        $worker->onClose = static function (TcpConnection $connection) use (&$closed): void {
            $closed = [$connection->getRemoteIp(), $connection->bytesRead, $connection->bytesWritten, $connection->send('x')];
        };
        $client = $this->client($worker);
        $this->assertAnswer("abc\n", $client, "abc\n");
        \fclose($client);
        $this->runLoop(2, static function () use (&$closed): bool {
            return $closed !== null;
        });
        self::assertSame(['127.0.0.1', 4, 4, false], $closed);
    }

    public function testCloseFiresOnCloseBeforeItReturns(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $order = [];
        $worker->onClose = static function () use (&$order): void {
            $order[] = 'onClose';
        };
        $worker->onMessage = static function (TcpConnection $connection) use (&$order): void {
            $connection->close('bye');
            $order[] = 'closed';
            $connection->close('again');
        };
        $this->assertAnswer("bye\n", $this->client($worker), "1\n2\n");
        self::assertSame(['onClose', 'closed'], $order);
    }

    public function testEndDropsWhatFollows(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $calls = 0;
        $worker->onMessage = static function (TcpConnection $connection) use (&$calls): void {
            ++$calls;
            $connection->lingerTimeout = 0.05;
            $connection->end('last');
        };
        $worker->onClose = static function (TcpConnection $connection) use (&$calls): void {
            $calls += 10;
        };
        $client = $this->client($worker);
        $this->assertAnswer("last\n", $client, "1\n2\n3\n");
        $this->runLoop(2, static function () use (&$calls): bool {
            return $calls > 10;
        });
        self::assertSame(11, $calls);
    }

    public function testAProtocolMayAskForMoreThanThereIs(): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->protocol = Digits::class;
        $worker->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
        $client = $this->client($worker);
        \fwrite($client, '5ab');
        $this->runLoop(0.02);
        $this->assertAnswer('<abcde><xy>', $client, 'cde2xy');
        $this->assertAnswer('<next>', $client, '####4next'); // input() consumes the padding itself
    }

    /** @return array<string, array{string}> */
    public static function badPackages(): array
    {
        return ['negative' => ['-'], 'false' => ['f'], 'an exception' => ['e'], 'over the limit' => ['9']];
    }

    #[\PHPUnit\Framework\Attributes\DataProvider('badPackages')]
    public function testABadPackageEndsTheConnection(string $bytes): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->protocol = Digits::class;
        $worker->onConnect = static function (TcpConnection $connection): void {
            $connection->maxPackageSize = 8;
        };
        $closed = false;
        $worker->onClose = static function () use (&$closed): void {
            $closed = true;
        };
        \fwrite($this->client($worker), $bytes);
        $this->runLoop(2, static function () use (&$closed): bool {
            return $closed;
        });
        self::assertTrue($closed);
        self::assertStringContainsString('Error package. package_length=', $this->printed());
    }

    public function testTheProtocolMayChangeInMidConnection(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, mixed $data): void {
            if ($data instanceof Request) {
                $connection->send($data->path());
                return;
            }
            $connection->send('switching');
            $connection->protocol = Http::class;
        };
        $client = $this->client($worker);
        $this->assertAnswer("switching\n", $client, "go\n");
        $response = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\n"
            . "Content-Length: 5\r\n\r\n/path";
        $this->assertAnswer($response, $client, "GET /path HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    public function testAnErrorHandlerKeepsTheWorker(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $errors = [];
        $worker->onConnect = static function (TcpConnection $connection) use (&$errors): void {
            $connection->errorHandler = static function (\Throwable $e) use (&$errors): void {
                $errors[] = $e->getMessage();
            };
        };
        $worker->onMessage = static function (TcpConnection $connection, string $data): void {
            $data === 'bad' ? throw new RuntimeException('callback failed') : $connection->send($data);
        };
        $this->assertAnswer("good\n", $this->client($worker), "bad\ngood\n");
        self::assertSame(['callback failed'], $errors);
    }

    public function testScalarsAreSentAsText(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection): void {
            $connection->send(42);
            $connection->send('raw', true);
            $connection->send(1.5);
        };
        $this->assertAnswer("42\nraw1.5\n", $this->client($worker), "x\n");
    }
}
