<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use RuntimeException;
use WeakReference;
use Workerman\Connection\AsyncUdpConnection;
use Workerman\Connection\UdpConnection;
use Workerman\Worker;

final class AsyncUdpConnectionTest extends EngineCase
{
    /** @var list<string> */
    private array $log = [];

    /** A server that answers with "re:" and the datagram. @return string host:port */
    private function server(string $listen = 'udp://127.0.0.1:0'): string
    {
        $worker = new Worker($listen);
        $worker->onMessage = static fn (UdpConnection $c, string $data) => $c->send("re:$data");
        $worker->listen();

        return (string)\stream_socket_get_name($worker->getMainSocket(), false);
    }

    private function dial(string $address, array $context = []): AsyncUdpConnection
    {
        $connection = new AsyncUdpConnection($address, $context);
        $connection->onConnect = fn () => $this->log[] = 'connect';
        $connection->onMessage = fn ($c, string $data) => $this->log[] = "message $data";
        $connection->onClose = fn () => $this->log[] = 'close';

        return $connection;
    }

    public function testItsLifeInOrder(): void
    {
        $address = $this->server();
        $connection = $this->dial("udp://$address");
        self::assertTrue($connection->send('a')); // connects first, at once
        $connection->connect();
        self::assertSame(['connect'], $this->log);
        $this->runLoop(2, fn () => \count($this->log) === 2);
        self::assertSame([$address, '127.0.0.1'], [$connection->getRemoteAddress(), $connection->getLocalIp()]);
        self::assertSame(
            \stream_socket_get_name($connection->getSocket(), false),
            $connection->getLocalAddress()
        );
        $connection->close('b');
        self::assertSame(['connect', 'message re:a', 'close'], $this->log);
        self::assertNull($connection->onMessage);
    }

    public function testNamesAreLookedUpAndSendsWait(): void
    {
        $port = \explode(':', $this->server())[1];
        $connection = $this->dial("udp://localhost:$port", ['socket' => ['bindto' => '127.0.0.8:0']]);
        self::assertNull($connection->send('a'));
        self::assertNull($connection->send('b'));
        self::assertSame([], $this->log);
        $this->runLoop(2, fn () => \count($this->log) === 3);
        self::assertSame(['connect', 'message re:a', 'message re:b'], $this->log);
        self::assertSame('127.0.0.8', $connection->getLocalIp());
        $connection->close();
    }

    public function testAProtocol(): void
    {
        $connection = $this->dial('text://' . $this->server());
        $connection->send('line');
        $this->runLoop(2, fn () => \count($this->log) === 2);
        self::assertSame(['connect', 'message re:line'], $this->log); // Text takes the line end off
        $connection->close();
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('class \Protocols\Nosuch not exist');
        new AsyncUdpConnection('nosuch://127.0.0.1:1');
    }

    public function testWhatCannotBeConnectedToIsPrinted(): void
    {
        $connection = $this->dial('udp://nosuch.invalid:1');
        self::assertNull($connection->send('x'));
        $this->runLoop(2, fn () => $this->printed() !== '');
        self::assertStringContainsString('getaddrinfo for nosuch.invalid failed', $this->printed());
        $other = $this->dial('udp://127.0.0.1:1', ['socket' => ['bindto' => 'nonsense']]);
        self::assertFalse($other->send('x'));
        self::assertStringContainsString('bindto "nonsense" is not ip:port', $this->printed());
        self::assertSame([], $this->log);
    }

    public function testClosedDuringTheLookup(): void
    {
        $connection = $this->dial('udp://localhost:1');
        $connection->send('x');
        $connection->close();
        $this->runLoop(0.05);
        self::assertSame(['close'], $this->log);
    }

    public function testNothingIsLeftBehind(): void
    {
        $address = $this->server();
        $this->runLoop(0.01);
        $open = \count(\scandir('/proc/self/fd'));
        $references = [];
        for ($i = 0; $i < 20; ++$i) {
            $connection = new AsyncUdpConnection($i % 2 ? "udp://$address" : 'udp://localhost:1');
            $connection->onMessage = static fn () => $connection;
            $connection->send('x');
            $connection->getSocket();
            $connection->close();
            $references[] = WeakReference::create($connection);
        }
        unset($connection);
        $this->runLoop(0.05);
        \gc_collect_cycles();
        self::assertSame([], \array_filter($references, static fn (WeakReference $r) => $r->get() !== null));
        self::assertSame($open, \count(\scandir('/proc/self/fd')));
    }
}
