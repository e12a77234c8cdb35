<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use RuntimeException;
use WeakReference;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Text;

/** Connections made of PHP streams: new TcpConnection($loop, $stream). */
final class AdoptedStreamTest extends EngineCase
{
    /** @return array{TcpConnection, resource} the connection, its peer */
    private function pair(): array
    {
        [$ours, $theirs] = \stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        \stream_set_blocking($theirs, false);

        return [new TcpConnection($this->loop, $ours, 'somebody:1'), $theirs];
    }

    public function testAnAcceptedSocket(): void
    {
        $server = \stream_socket_server('tcp://127.0.0.1:0');
        $client = \stream_socket_client('tcp://' . \stream_socket_get_name($server, false));
        $accepted = \stream_socket_accept($server);
        $connection = new TcpConnection($this->loop, $accepted, \stream_socket_get_name($accepted, true));
        $connection->protocol = Text::class;
        $connection->onMessage = static fn (TcpConnection $c, string $data) => $c->close("re:$data");
        self::assertSame($accepted, $connection->getSocket());
        self::assertSame(\stream_socket_get_name($client, false), $connection->getRemoteAddress());
        self::assertSame(\stream_socket_get_name($client, true), $connection->getLocalAddress());
        self::assertSame($connection, TcpConnection::$connections[$connection->id]);
        \fwrite($client, "hello\n");
        \stream_set_blocking($client, false);
        $got = '';
        $this->runLoop(2, static function () use ($client, &$got): bool {
            $got .= \fread($client, 100);
            return \feof($client);
        });
        self::assertSame("re:hello\n", $got);
        self::assertFalse(\is_resource($accepted));
    }

    /** PHP has read more than it was asked for. */
    public function testWhatPhpHasReadAheadIsNotLost(): void
    {
        [$ours, $theirs] = \stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        \fwrite($theirs, "first\nsecond\nthi");
        self::assertSame("first\n", \fgets($ours));
        $connection = new TcpConnection($this->loop, $ours);
        $connection->protocol = Text::class;
        $got = [];
        $connection->onMessage = static function (TcpConnection $c, string $data) use (&$got): void {
            $got[] = $data;
        };
        \fwrite($theirs, "rd\n");
        $this->runLoop(2, static function () use (&$got): bool {
            return \count($got) === 2;
        });
        self::assertSame(['second', 'third'], $got);
        $connection->destroy();
    }

    public function testThePeerEnds(): void
    {
        [$connection, $peer] = $this->pair();
        $closed = false;
        $connection->onClose = static function () use (&$closed): void {
            $closed = true;
        };
        self::assertSame('somebody:1', $connection->getRemoteAddress());
        \fclose($peer);
        $this->runLoop(2, static function () use (&$closed): bool {
            return $closed;
        });
        self::assertTrue($closed);
    }

    public function testPipes(): void
    {
        $process = \proc_open(['tr', 'a-z', 'A-Z'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
        $in = new TcpConnection($this->loop, $pipes[0]);
        $out = new TcpConnection($this->loop, $pipes[1]);
        $got = '';
        $closed = false;
        $out->onMessage = static function (TcpConnection $c, string $data) use (&$got): void {
            $got .= $data;
        };
        $out->onClose = static function () use (&$closed): void {
            $closed = true;
        };
        $in->send('hello ');
        $in->close('pipe');
        $this->runLoop(3, static function () use (&$closed): bool {
            return $closed;
        });
        self::assertSame(['HELLO PIPE', true], [$got, $closed]);
        \proc_close($process);
    }

    public function testWhatCannotBeAConnection(): void
    {
        $refused = 0;
        $count = TcpConnection::$statistics['connection_count'];
        $open = \count(\scandir('/proc/self/fd'));
        $streams = [
            \fopen(__FILE__, 'r'), \fopen('php://memory', 'r'),
            \stream_socket_server('udp://127.0.0.1:0', flags: STREAM_SERVER_BIND),
        ];
        foreach ($streams as $stream) {
            try {
                new TcpConnection($this->loop, $stream);
            } catch (RuntimeException) {
                ++$refused;
            }
        }
        self::assertSame(3, $refused);
        self::assertSame([], TcpConnection::$connections);
        self::assertSame($open + 2, \count(\scandir('/proc/self/fd')));
        unset($streams, $stream);
        \gc_collect_cycles();
        self::assertSame($count, TcpConnection::$statistics['connection_count']);
    }

    public function testNothingIsLeftBehind(): void
    {
        $this->runLoop(0.01);
        $open = \count(\scandir('/proc/self/fd'));
        $references = [];
        for ($i = 0; $i < 20; ++$i) {
            [$connection, $peer] = $this->pair();
            $connection->onMessage = static fn () => $connection;
            $connection->send('x');
            if ($i % 2) {
                \fclose($peer);
            } else {
                $connection->close();
            }
            $references[] = WeakReference::create($connection);
        }
        unset($connection, $peer);
        $this->runLoop(2, static fn () => TcpConnection::$connections === []);
        $this->runLoop(2, static fn () => \phalanx_loop_stats()['connections'] === 0);
        \gc_collect_cycles();
        self::assertSame([], \array_filter($references, static fn (WeakReference $r) => $r->get() !== null));
        self::assertSame($open, \count(\scandir('/proc/self/fd')));
    }
}
