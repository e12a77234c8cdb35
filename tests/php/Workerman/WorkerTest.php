<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Phalanx\Worker\EngineProtocol;
use ReflectionMethod;
use ReflectionProperty;
use RuntimeException;
use Workerman\Connection\TcpConnection;
use Workerman\Connection\UdpConnection;
use Workerman\Protocols\Http;
use Workerman\Protocols\Text;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

final class WorkerTest extends EngineCase
{
    /** @return array<string, array{string, string, ?string, string}> socket name, address, protocol, transport */
    public static function socketNames(): array
    {
        return [
            'http' => ['http://0.0.0.0:80', 'tcp://0.0.0.0:80', Http::class, 'tcp'],
            'upper case' => ['Text://[::1]:80', 'tcp://[::1]:80', Text::class, 'tcp'],
            'plain' => ['tcp://127.0.0.1:1', 'tcp://127.0.0.1:1', null, 'tcp'],
            'udp' => ['udp://127.0.0.1:1', 'udp://127.0.0.1:1', null, 'udp'],
            'unix' => ['unix:///tmp/x.sock', 'unix:///tmp/x.sock', null, 'unix'],
        ];
    }

    #[\PHPUnit\Framework\Attributes\DataProvider('socketNames')]
    public function testSocketNames(string $name, string $address, ?string $protocol, string $transport): void
    {
        $worker = new Worker($name);
        self::assertSame($address, (new ReflectionMethod($worker, 'parseSocketAddress'))->invoke($worker));
        self::assertSame($protocol, $worker->protocol);
        self::assertSame($transport, $worker->transport);
        self::assertSame(\lcfirst($name), $worker->getSocketName());
    }

    public function testProtocolsThatDoNotExist(): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('class \Protocols\Nothing not exist');
        (new Worker('nothing://127.0.0.1:0'))->listen();
    }

    public function testTheAddressSaysThatTLSIsWanted(): void
    {
        $byTransport = new Worker('http://127.0.0.1:0');
        $byTransport->transport = 'ssl';
        $address = new ReflectionMethod(Worker::class, 'parseSocketAddress');
        $expected = [
            'ssl://127.0.0.1:0' => null, 'https://127.0.0.1:0' => Http::class, 'wss://127.0.0.1:0' => Websocket::class,
        ];
        $workers = [[$byTransport, Http::class]];
        foreach ($expected as $name => $protocol) {
            $workers[] = [new Worker($name), $protocol];
        }
        foreach ($workers as [$worker, $protocol]) {
            self::assertSame('tcp://127.0.0.1:0', $address->invoke($worker));
            self::assertSame('ssl', $worker->transport);
            self::assertSame($protocol, $worker->protocol);
        }
    }

    /** To serve plain text where TLS was asked for would be worse than not to serve. */
    public function testTLSNeedsACertificate(): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('ssl options: local_cert: ');
        (new Worker('https://127.0.0.1:0'))->listen();
    }

    public function testOnlyOurOwnProtocolsAreTheEngines(): void
    {
        self::assertSame('raw', EngineProtocol::nameOf(null));
        self::assertSame('http', EngineProtocol::nameOf(Http::class));
        \class_alias(Text::class, 'Protocols\\AliasOfText');
        self::assertSame('text', EngineProtocol::nameOf('Protocols\\AliasOfText'));
        $subclass = new class extends Http {
        };
        self::assertSame('user', EngineProtocol::nameOf($subclass::class));
        self::assertSame('user', EngineProtocol::nameOf(Protocols\Digits::class));
    }

    public function testUdp(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->transport = 'udp';
        $worker->onMessage = static function (UdpConnection $connection, string $data): void {
            $connection->send("$data {$connection->getRemoteIp()} " . ($connection->getLocalPort() > 0 ? 'ok' : ''));
        };
        $worker->listen();
        $address = \stream_socket_get_name($worker->getMainSocket(), false);
        $client = \stream_socket_client("udp://$address");
        \stream_set_blocking($client, false);
        $this->assertAnswer("a 127.0.0.1 ok\n", $client, "a\n");
    }

    public function testAcceptingCanBePaused(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
        $client = $this->client($worker);
        $worker->pauseAccept();
        \fwrite($client, "x\n");
        $this->runLoop(0.03);
        self::assertSame([], $worker->connections);
        $worker->resumeAccept();
        $this->assertAnswer("x\n", $client, '');
    }

    public function testTheProtocolOfAListeningWorkerMayChange(): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send("<$data>");
        $client = $this->client($worker);
        $worker->protocol = Text::class;
        $this->assertAnswer("<a>\n<b>\n", $client, "a\nb\n");
    }

    public function testStopCallsBackAndCloses(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $order = [];
        $worker->onWorkerStop = static function () use (&$order): void {
            $order[] = 'stop';
        };
        $worker->onClose = static function () use (&$order): void {
            $order[] = 'close';
        };
        $client = $this->client($worker);
        $this->runLoop(2, static fn () => $worker->connections !== []);
        $worker->stop();
        $worker->stop();
        self::assertSame(['stop', 'close'], $order);
        self::assertTrue($worker->stopping);
        self::assertNull($worker->onMessage);
        self::assertNull($worker->getMainSocket());
        self::assertIsResource($client);
    }

    public function testSafeEchoLeavesNoTags(): void
    {
        Worker::safeEcho('<n><w>white</w> <g>green</g></n>');
        self::assertSame('white green', $this->printed());
    }

    public function testTheLogKeepsItsNewerHalf(): void
    {
        $file = \tempnam(\sys_get_temp_dir(), 'log');
        [$log, $size, $daemon] = [Worker::$logFile, Worker::$logFileMaxSize, Worker::$daemonize];
        Worker::$logFile = $file;
        Worker::$logFileMaxSize = 300;
        Worker::$daemonize = true; // quiet
        for ($i = 100; $i < 200; $i++) {
            Worker::log("line $i");
        }
        [Worker::$logFile, Worker::$logFileMaxSize, Worker::$daemonize] = [$log, $size, $daemon];
        $lines = \file($file);
        \unlink($file);
        self::assertLessThan(10, \count($lines));
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d pid:\d+ line 199\n$/', \end($lines));
        foreach ($lines as $line) {
            self::assertMatchesRegularExpression('/^\d{4}-.* line \d+$/', $line);
        }
    }

    public function testNamesOfSignals(): void
    {
        $name = new ReflectionMethod(Worker::class, 'getSignalName');
        self::assertSame('SIGINT', $name->invoke(null, \SIGINT));
        self::assertSame('64', $name->invoke(null, 64));
    }

    public function testAWorkerIsOneOfAll(): void
    {
        $worker = new Worker();
        self::assertContains($worker, Worker::getAllWorkers());
        self::assertSame('none', $worker->getSocketName());
        self::assertSame(Worker::STATUS_INITIAL, Worker::getStatus());
        self::assertFalse(Worker::isRunning());
        $worker->listen(); // without a name: nothing
        self::assertFalse((new ReflectionProperty(Worker::class, 'pauseAccept'))->getValue($worker) ?? false);
    }
}
