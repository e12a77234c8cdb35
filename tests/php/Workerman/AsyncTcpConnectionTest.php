<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Phalanx\Tests\Workerman\Protocols\Digits;
use PHPUnit\Framework\Attributes\DataProvider;
use ReflectionClass;
use ReflectionProperty;
use RuntimeException;
use WeakReference;
use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Coroutine\Channel;
use Workerman\Events\Fiber;
use Workerman\Protocols\Text;
use Workerman\Protocols\Ws;
use Workerman\Timer;
use Workerman\Worker;

final class AsyncTcpConnectionTest extends EngineCase
{
    /** @var list<string> */
    private array $log = [];

    private function note(string $line): void
    {
        $this->log[] = $line;
    }

    /** A client that logs its life. */
    private function dial(string $address, array $context = []): AsyncTcpConnection
    {
        $connection = new AsyncTcpConnection($address, $context);
        $connection->onConnect = fn (AsyncTcpConnection $c) => $this->note('connect ' . $c->getStatus(false));
        $connection->onMessage = fn (AsyncTcpConnection $c, string $data) => $this->note("message $data");
        $connection->onError = fn (AsyncTcpConnection $c, int $code, string $text) => $this->note("error $code "
            . \preg_replace('/after [\d.E-]+ seconds/', 'after N seconds', $text));
        $connection->onClose = fn (AsyncTcpConnection $c) => $this->note('close ' . $c->getStatus(false));

        return $connection;
    }

    /**
     * A server in the protocol text that answers with "re:" and the message, and ends on "bye".
     *
     * @return string host:port
     */
    private function server(string $listen = 'text://127.0.0.1:0'): string
    {
        $worker = new Worker($listen);
        $worker->onMessage = static function (TcpConnection $connection, string $data): void {
            $data === 'bye' ? $connection->close('bye') : $connection->send("re:$data");
        };
        $worker->listen();

        return (string)\stream_socket_get_name($worker->getMainSocket(), false);
    }

    /** Nobody listens there. */
    private function unused(): string
    {
        $server = \stream_socket_server('tcp://127.0.0.1:0');
        $name = \stream_socket_get_name($server, false);
        \fclose($server);

        return $name;
    }

    private function runUntil(string $last, int $times = 1): void
    {
        $count = fn () => \count(\array_filter($this->log, static fn ($line) => $line === $last));
        $this->runLoop(3, static fn () => $count() >= $times);
        self::assertContains($last, $this->log);
    }

    public function testItsLifeInOrder(): void
    {
        $address = $this->server();
        $connection = $this->dial("text://$address/a/b?c=d");
        $connection->onBufferDrain = fn () => $this->note('drain');
        self::assertSame(['INITIAL', '127.0.0.1', '/a/b?c=d', $address], [
            $connection->getStatus(false), $connection->getRemoteHost(), $connection->getRemoteURI(),
            $connection->getRemoteAddress(),
        ]);
        self::assertNull($connection->send('early'));
        self::assertSame(6, $connection->getSendBufferQueueSize());
        $connection->connect();
        $connection->connect(); // a second time: nothing
        self::assertSame('CONNECTING', $connection->getStatus(false));
        self::assertNull($connection->send('bye'));
        self::assertSame(10, $connection->getSendBufferQueueSize());
        $this->runUntil('close CLOSED');
        self::assertSame(
            ['connect ESTABLISHED', 'drain', 'message re:early', 'message bye', 'close CLOSED'],
            $this->log
        );
        self::assertSame([10, 13], [$connection->bytesWritten, $connection->bytesRead]);
        self::assertFalse($connection->send('late'));
    }

    /** @return iterable<string, array{string, list<string>}> */
    public static function failures(): iterable
    {
        yield 'refused' => ['tcp://%s', ['after', 'error 1 connect %s fail after N seconds (Connection refused)']];
        yield 'no such file' => ['unix:///nonexistent/socket', ['error 1 No such file or directory']];
        yield 'no such name' => ['tcp://nosuch.invalid:80', ['after',
            'error 1 php_network_getaddresses: getaddrinfo for nosuch.invalid failed: Name or service not known']];
    }

    #[DataProvider('failures')]
    public function testItFails(string $address, array $expected): void
    {
        $unused = $this->unused();
        $connection = $this->dial(\sprintf($address, $unused));
        $connection->connect();
        $this->note('after');
        $this->runUntil('close CLOSED');
        // What the kernel knows at once is told at once, as upstream.
        if ($expected[0] === 'after') {
            $expected = \array_map(fn ($line) => \sprintf($line, $unused), $expected);
            self::assertSame([...$expected, 'close CLOSED'], $this->log);
        } else {
            self::assertSame([...$expected, 'close CLOSED', 'after'], $this->log);
        }
        self::assertNull($connection->onConnect);
        self::assertArrayNotHasKey($connection->id, TcpConnection::$connections);
    }

    public function testASecondAttemptFromOnErrorAndOnClose(): void
    {
        $address = $this->server();
        $connection = $this->dial('text://' . $this->unused());
        $connection->onError = function (AsyncTcpConnection $c, int $code) use ($address): void {
            $this->note("error $code");
            $remote = \explode(':', $address);
            (new ReflectionProperty($c, 'remotePort'))->setValue($c, (int)$remote[1]);
            $c->reconnect();
        };
        $closes = 0;
        $connection->onClose = function (AsyncTcpConnection $c) use (&$closes): void {
            $this->note('close');
            if (++$closes === 1) {
                $c->reconnect();
            }
        };
        $connection->onConnect = function (AsyncTcpConnection $c): void {
            $this->note('connect');
            $c->send('bye');
        };
        $connection->connect();
        $this->runUntil('close', 2);
        self::assertSame(['error 1', 'connect', 'message bye', 'close', 'connect', 'message bye', 'close'], $this->log);
        self::assertSame([4, 4], [$connection->bytesWritten, $connection->bytesRead]); // of the last connection
    }

    public function testReconnectLaterAndNotAtAll(): void
    {
        $connection = $this->dial('text://' . $this->server());
        $connection->connect();
        $this->runUntil('connect ESTABLISHED');
        $connection->onClose = function (AsyncTcpConnection $c): void {
            $this->note('close');
            $c->reconnect(100);
        };
        $connection->send('bye');
        $this->runUntil('close');
        self::assertSame('INITIAL', $connection->getStatus(false));
        $connection->reconnect(100); // the loop's end has deleted the timer of onClose
        $timers = \phalanx_timer_count();
        $connection->reconnect(100); // in the place of the first
        self::assertSame($timers, \phalanx_timer_count());
        $connection->cancelReconnect();
        self::assertSame($timers - 1, \phalanx_timer_count());
        self::assertNull($connection->send('for the next connection'));
        $connection->onClose = null;
        $connection->destroy();
    }

    /** What happens to the old socket after a new connection has begun does not reach the object. */
    public function testTheOldSocketsEndIsNotTheNewOnes(): void
    {
        $connection = $this->dial('text://' . $this->server());
        $connection->connect();
        $this->runUntil('connect ESTABLISHED');
        $connection->onClose = static fn (AsyncTcpConnection $c) => $c->reconnect();
        $connection->destroy();
        self::assertSame('CONNECTING', $connection->getStatus(false));
        $this->runUntil('connect ESTABLISHED', 2);
        $connection->send('x');
        $this->runUntil('message re:x');
        self::assertSame('ESTABLISHED', $connection->getStatus(false));
        $connection->onClose = null;
        $connection->destroy();
    }

    /** @return iterable<string, array{callable(AsyncTcpConnection): void}> */
    public static function endings(): iterable
    {
        yield 'close' => [static fn (AsyncTcpConnection $c) => $c->close('last words')];
        yield 'end' => [static fn (AsyncTcpConnection $c) => $c->end('last words')];
        yield 'destroy' => [static fn (AsyncTcpConnection $c) => $c->destroy()];
    }

    #[DataProvider('endings')]
    public function testEndedWhileConnecting(callable $end): void
    {
        foreach (['text://' . $this->server(), 'text://localhost:1', 'unix://' . $this->unixServer()] as $address) {
            $this->log = [];
            $connection = $this->dial($address);
            $connection->send('x');
            $connection->connect();
            $end($connection);
            self::assertSame(['close CLOSED'], $this->log); // as upstream: at once, and nothing is sent
            $this->runLoop(0.05);
            self::assertSame(['close CLOSED'], $this->log);
        }
        self::assertSame(0, $this->engineConnections());
    }

    private function unixServer(): string
    {
        $path = \sys_get_temp_dir() . '/phalanx-' . \getmypid() . '-' . \count(Worker::getAllWorkers()) . '.sock';
        $worker = new Worker("unix://$path");
        $worker->protocol = Text::class;
        $worker->onMessage = static fn (TcpConnection $c, string $data) => $c->close("re:$data");
        $worker->listen();
        // The supervisor's task, where there is one.
        \register_shutdown_function(static fn () => \file_exists($path) && \unlink($path));

        return $path;
    }

    private function engineConnections(): int
    {
        $this->runLoop(2, static fn () => \phalanx_loop_stats()['connections'] === 0);

        return \phalanx_loop_stats()['connections'];
    }

    public function testUnixSockets(): void
    {
        $path = $this->unixServer();
        $connection = $this->dial("unix://$path");
        $connection->protocol = Text::class;
        self::assertSame('unix', $connection->transport);
        $connection->send('hello');
        $connection->connect();
        $this->runUntil('close CLOSED');
        self::assertSame(['connect ESTABLISHED', 'message re:hello', 'close CLOSED'], $this->log);
        self::assertSame($path, $connection->getRemoteAddress());
    }

    public function testNamesAreLookedUp(): void
    {
        $port = \explode(':', $this->server())[1];
        $connection = $this->dial("text://localhost:$port");
        $connection->connect();
        $connection->send('bye');
        $this->runUntil('close CLOSED');
        self::assertSame(['connect ESTABLISHED', 'message bye', 'close CLOSED'], $this->log);
        self::assertSame("127.0.0.1:$port", $connection->getRemoteAddress());
        self::assertSame('localhost', $connection->getRemoteHost());
    }

    public function testAProtocolWrittenInPhp(): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->protocol = Digits::class;
        $worker->onMessage = static fn (TcpConnection $c, string $data) => $c->send("6$data$data", true);
        $worker->listen();
        $connection = $this->dial('tcp://' . \stream_socket_get_name($worker->getMainSocket(), false));
        $connection->protocol = Digits::class;
        $connection->connect();
        self::assertNull($connection->send('3abc', true));
        $this->runLoop(2, fn () => \count($this->log) === 2);
        self::assertSame(['connect ESTABLISHED', 'message abcabc'], $this->log);
        $connection->destroy();
    }

    public function testTheSendBufferIsBoundedBeforeTheConnection(): void
    {
        $connection = $this->dial('tcp://' . $this->server());
        $connection->maxSendBufferSize = 10;
        $connection->onBufferFull = fn () => $this->note('full');
        self::assertNull($connection->send('12345'));
        self::assertNull($connection->send('67890'));
        self::assertFalse($connection->send('x'));
        self::assertSame(['full', 'error 2 send buffer full and drop package'], $this->log);
        $connection->destroy();
    }

    public function testPipeToAConnectionThatIsNotThereYet(): void
    {
        $back = $this->server('tcp://127.0.0.1:0');
        $size = 3 << 20;
        $proxy = new Worker('tcp://127.0.0.1:0');
        $proxy->onConnect = static function (TcpConnection $incoming) use ($back): void {
            $outgoing = new AsyncTcpConnection("tcp://$back");
            $outgoing->maxSendBufferSize = 64 << 10;
            $incoming->maxSendBufferSize = 64 << 10;
            $incoming->pipe($outgoing);
            $outgoing->pipe($incoming);
            $outgoing->connect();
        };
        Worker::getAllWorkers()[\array_key_first(Worker::getAllWorkers())]->onMessage =
            static function (TcpConnection $connection, string $data) use (&$received, $size): void {
                $received = ($received ?? 0) + \strlen($data);
                if ($received >= $size) {
                    $connection->close('all');
                }
            };
        $client = $this->client($proxy);
        $left = $size;
        $answer = '';
        $this->runLoop(5, static function () use ($client, &$left, &$answer): bool {
            if ($left > 0) {
                $left -= (int)\fwrite($client, \str_repeat('x', \min($left, 1 << 16)));
            }
            $answer .= \fread($client, 100);
            return $answer !== '';
        });
        self::assertSame([$size, 'all'], [$received, $answer]);
        $this->runLoop(2, static fn () => \feof($client) || \fread($client, 1) === '' && \feof($client));
        self::assertTrue(\feof($client)); // both ends close together
    }

    /** @return iterable<string, array{string, string}> */
    public static function badAddresses(): iterable
    {
        yield 'no host' => ['tcp:', 'Bad remoteAddress'];
        yield 'unix without a path' => ['unix://', 'Bad remoteAddress'];
        yield 'no such protocol' => ['nosuch://127.0.0.1:1', 'class \Protocols\Nosuch not exist'];
        yield 'no name of a class' => ['no-such://127.0.0.1:1', "Invalid protocol scheme 'no-such'"];
    }

    #[DataProvider('badAddresses')]
    public function testAddressesThatMakeNoSense(string $address, string $message): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage($message);
        new AsyncTcpConnection($address);
    }

    public function testAddressesAndTheirParts(): void
    {
        $parts = static fn (AsyncTcpConnection $c): array => [
            $c->transport, $c->protocol, $c->getRemoteHost(), $c->getRemoteAddress(), $c->getRemoteURI(),
        ];
        self::assertSame(
            ['tcp', null, '127.0.0.1', '127.0.0.1:80', '/'],
            $parts(new AsyncTcpConnection('127.0.0.1:80'))
        );
        self::assertSame(['ssl', null, 'a.b', 'a.b:0', '/'], $parts(new AsyncTcpConnection('ssl://a.b')));
        self::assertSame(['tcp', null, '[::1]', '[::1]:7', '/'], $parts(new AsyncTcpConnection('tcp://[::1]:7')));
        self::assertSame(
            ['tcp', '\Workerman\Protocols\Ws', 'h', 'h:1', '/p?q=1'],
            $parts(new AsyncTcpConnection('ws://h:1/p?q=1'))
        );
        self::assertSame(
            ['ssl', '\Workerman\Protocols\Ws', 'h', 'h:0', '/'],
            $parts(new AsyncTcpConnection('wss://h'))
        );
        self::assertSame(['unix', null, '', '/a/b', ''], $parts(new AsyncTcpConnection('unix:///a/b')));
    }

    public function testBindtoAndTheTimeLimit(): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->onConnect = fn (TcpConnection $c) => $this->note('from ' . $c->getRemoteIp());
        $worker->listen();
        $address = \stream_socket_get_name($worker->getMainSocket(), false);
        $connection = $this->dial("tcp://$address", ['socket' => ['bindto' => '127.0.0.7:0']]);
        $connection->connect();
        $this->runUntil('from 127.0.0.7');
        $connection->destroy();

        $this->log = [];
        $context = \stream_context_create(['socket' => ['backlog' => 0]]);
        $full = \stream_socket_server('tcp://127.0.0.1:0', context: $context);
        $silent = \stream_socket_get_name($full, false);
        $filled = [];
        for ($i = 0; $i < 3; ++$i) {
            $filled[] = \stream_socket_client("tcp://$silent", $code, $text, 0, STREAM_CLIENT_ASYNC_CONNECT);
        }
        $connection = $this->dial("tcp://$silent", ['socket' => ['connect_timeout' => 0.2]]);
        $connection->connect();
        $this->runUntil('close CLOSED');
        self::assertSame(
            ["error 1 connect $silent fail after N seconds (timed out)", 'close CLOSED'],
            $this->log
        );
    }

    public function testWebSocketClient(): void
    {
        $worker = new Worker('websocket://127.0.0.1:0');
        $worker->onWebSocketConnect = function (TcpConnection $c, $request): void {
            $this->note(\implode(' ', [
                'asked', $request->uri(), $request->header('x-token'), $request->header('origin'),
                $request->header('sec-websocket-protocol'),
            ]));
            $c->headers = ['Sec-WebSocket-Protocol: chat'];
        };
        $worker->onMessage = function (TcpConnection $c, string $data): void {
            $c->websocketType = $data === "\x00\xff" ? Ws::BINARY_TYPE_ARRAYBUFFER : Ws::BINARY_TYPE_BLOB;
            $data === 'bye' ? $c->close("\x88\x02\x0f\xa1", true) : $c->send($data);
        };
        $worker->onWebSocketPing = function (TcpConnection $c, string $data): void {
            $this->note('pinged');
            $c->send($data);
        };
        $worker->listen();
        $connection = $this->dial('ws://' . \stream_socket_get_name($worker->getMainSocket(), false) . '/path?a=b');
        $connection->headers = ['X-Token' => 'abc', 'X-Bad' => "a\r\nb: c"];
        $connection->websocketOrigin = 'http://origin';
        $connection->websocketClientProtocol = 'chat, superchat';
        $connection->websocketPingInterval = 0.02;
        $connection->onWebSocketConnect = fn ($c, $response) => $this->note(
            "open {$response->getStatusCode()} {$response->getHeader('Sec-WebSocket-Protocol')}"
        );
        $connection->onWebSocketPong = function (AsyncTcpConnection $c): void {
            $this->note('pong');
            $c->websocketPingInterval = 0;
            Timer::del($c->context->websocketPingTimer);
            $c->websocketType = Ws::BINARY_TYPE_BLOB;
            $c->send('bye');
        };
        $connection->onWebSocketClose = fn ($c, string $data) => $this->note('closing ' . \bin2hex($data));
        $connection->send('early');
        $connection->connect();
        $connection->onConnect = static function (AsyncTcpConnection $c): void {
            $c->websocketType = Ws::BINARY_TYPE_ARRAYBUFFER;
            $c->send("\x00\xff");
            $c->websocketType = Ws::BINARY_TYPE_BLOB;
        };
        $this->runUntil('close CLOSED');
        self::assertSame([
            'asked /path?a=b abc http://origin chat, superchat', 'open 101 chat', 'message early', "message \x00\xff",
            'pinged', 'pong', 'closing 0fa1', 'close CLOSED',
        ], $this->log);
    }

    /** @return iterable<string, array{string, string}> */
    public static function badAnswers(): iterable
    {
        yield 'refused' => ["HTTP/1.1 403 Forbidden\r\n\r\n", 'Sec-WebSocket-Accept not found. Header:'];
        yield 'another key' => ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            . "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", 'Sec-WebSocket-Accept not match. Header:'];
        yield 'no HTTP' => ["SSH-2.0-x\r\n\r\n", 'malformed handshake answer. Header:'];
    }

    #[DataProvider('badAnswers')]
    public function testWebSocketAnswersThatAreNone(string $answer, string $printed): void
    {
        $worker = new Worker('tcp://127.0.0.1:0');
        $worker->onMessage = static fn (TcpConnection $c) => $c->send($answer);
        $worker->listen();
        $connection = $this->dial('ws://' . \stream_socket_get_name($worker->getMainSocket(), false));
        $connection->onWebSocketConnect = fn () => $this->note('open');
        $connection->connect();
        $this->runUntil('close CLOSED');
        self::assertSame(['connect ESTABLISHED', 'close CLOSED'], $this->log);
        self::assertStringContainsString($printed, $this->printed());
    }

    public function testWebSocketClientWritesAgainAfterReconnecting(): void
    {
        $worker = new Worker('websocket://127.0.0.1:0');
        $worker->onMessage = static fn (TcpConnection $c, string $data) => $c->close("re:$data");
        $worker->listen();
        $connection = $this->dial('ws://' . \stream_socket_get_name($worker->getMainSocket(), false));
        $connection->onConnect = static fn (AsyncTcpConnection $c) => $c->send('hi');
        $times = 0;
        $connection->onClose = function (AsyncTcpConnection $c) use (&$times): void {
            $this->note('close');
            ++$times < 3 && $c->reconnect();
        };
        $connection->connect();
        $this->runUntil('close', 3);
        self::assertSame(['message re:hi', 'close', 'message re:hi', 'close', 'message re:hi', 'close'], $this->log);
    }

    public function testNothingIsLeftBehind(): void
    {
        $address = $this->server();
        $unused = $this->unused();
        $references = [];
        $this->runLoop(0.01);
        $open = \count(\scandir('/proc/self/fd'));
        foreach (\range(1, 40) as $i) {
            $connection = $this->dial(['text://' . $address, "tcp://$unused", 'tcp://nosuch.invalid:1',
                'unix:///nonexistent'][$i % 4]);
            $connection->onBufferDrain = static fn () => $connection; // holds itself, as applications do
            $connection->send('bye');
            $connection->connect();
            if ($i % 5 === 0) {
                $connection->destroy();
            }
            $references[] = WeakReference::create($connection);
        }
        unset($connection);
        $this->runLoop(3, static fn () => TcpConnection::$connections === []);
        self::assertSame(0, $this->engineConnections());
        \gc_collect_cycles();
        self::assertSame([], \array_filter($references, static fn (WeakReference $r) => $r->get() !== null));
        self::assertSame($open, \count(\scandir('/proc/self/fd')));
    }

    public function testAPlainScriptsLoopEndsWithItsConnections(): void
    {
        $connection = $this->dial('tcp://' . $this->unused());
        $connection->connect();
        \phalanx_loop_run(); // returns: nothing is left to wait for
        self::assertContains('close CLOSED', $this->log);
    }

    /** A coroutine waits for an answer while the loop, here not a coroutine loop, goes on. */
    public function testInACoroutine(): void
    {
        $address = $this->server();
        Coroutine::create(function () use ($address): void {
            $answers = new Channel(1);
            $connection = new AsyncTcpConnection("text://$address");
            $connection->onMessage = static fn ($c, string $data) => $answers->push($data);
            $connection->connect();
            foreach (['one', 'two'] as $question) {
                $connection->send($question);
                $this->note($answers->pop());
            }
            $connection->close();
            $this->note('done');
        });
        self::assertSame([], $this->log);
        $this->runUntil('done');
        self::assertSame(['re:one', 're:two', 'done'], $this->log);
    }

    /** On a coroutine loop the callbacks of a connection may wait; its messages keep their order. */
    public function testOnACoroutineLoop(): void
    {
        $address = $this->server();
        Worker::$globalEvent = $loop = new Fiber();
        $loop->setErrorHandler(static fn (\Throwable $e) => throw $e);
        Timer::init($loop);
        $connection = $this->dial("text://$address");
        $connection->onConnect = function (AsyncTcpConnection $c): void {
            Timer::sleep(0.01);
            $this->note('connect');
            $c->send('bye');
        };
        $connection->connect();
        $loop->delay(3, $loop->stop(...));
        $loop->repeat(0.001, fn () => \in_array('close CLOSED', $this->log, true) && $loop->stop());
        $loop->run();
        self::assertSame(['connect', 'message bye', 'close CLOSED'], $this->log);
    }

    public function testMocks(): void
    {
        $connection = (new ReflectionClass(AsyncTcpConnection::class))->newInstanceWithoutConstructor();
        $connection->transport = 'ssl';
        $connection->protocol = Text::class;
        $connection->onMessage = static fn () => null;
        self::assertNull($connection->send('x'));
        self::assertSame(0, $connection->bytesRead);
        $mock = $this->createMock(AsyncTcpConnection::class);
        $mock->id = 5;
        $mock->protocol = Text::class;
        $mock->maxSendBufferSize = 7;
        self::assertSame(5, $mock->id);
    }
}
