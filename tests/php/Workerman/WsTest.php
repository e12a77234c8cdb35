<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Phalanx\Tests\Workerman\Protocols\LoudWs;
use ReflectionClass;
use ReflectionMethod;
use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Ws;
use Workerman\Worker;

/** The class Ws where the engine does not stand in for it: called directly, and extended as a protocol. */
final class WsTest extends EngineCase
{
    private function connection(): AsyncTcpConnection
    {
        $connection = (new ReflectionClass(AsyncTcpConnection::class))->newInstanceWithoutConstructor();
        $connection->maxPackageSize = 1000;
        $connection->context->handshakeStep = 2;
        $connection->context->websocketCurrentFrameLength = 0;
        $connection->context->websocketDataBuffer = '';

        return $connection;
    }

    public function testFramesHaveTheirShortestLength(): void
    {
        $heads = [
            0 => "\x81\x80", 125 => "\x81\xfd", 126 => "\x81\xfe\x00\x7e", 65535 => "\x81\xfe\xff\xff",
            65536 => "\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00",
        ];
        foreach ($heads as $length => $head) {
            $payload = \str_repeat('x', $length);
            self::assertSame("$head\0\0\0\0$payload", Ws::encode($payload, $this->connection()));
        }
    }

    public function testInputMeasuresFramesAndPutsFragmentsTogether(): void
    {
        $connection = $this->connection();
        self::assertSame(0, Ws::input("\x81", $connection));
        self::assertSame(5, Ws::input("\x81\x03a", $connection));
        self::assertSame(0, Ws::input("\x81\x7e\x00", $connection));
        self::assertSame(204, Ws::input("\x81\x7e\x00\xc8", $connection));
        self::assertSame('abc', Ws::decode("\x81\x03abc", $connection));
        self::assertSame(3, Ws::input("\x01\x01a\x80\x01b", $connection)); // the fragment is taken off
        self::assertSame('ab', Ws::decode("\x80\x01b", $connection));
        self::assertSame('c', Ws::decode("\x81\x01c", $connection));
    }

    public function testInputBeforeTheHandshake(): void
    {
        $connection = $this->connection();
        unset($connection->context->handshakeStep);
        self::assertSame(-1, Ws::input('abc', $connection));
        self::assertStringContainsString('recv data before handshake. Buffer:616263', $this->printed());
    }

    /** What an application passes on from a visitor starts no line of its own in the handshake, and no other request. */
    public function testNothingBreaksOutOfTheHandshake(): void
    {
        $evil = "x\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1\r\n\0";
        $connection = new AsyncTcpConnection("ws://127.0.0.1:1/$evil?$evil");
        $connection->headers = ['X-Good' => 'kept', 'X-A' => $evil, "X-B$evil" => 'b', 'X-C: c' => 'd', "X-D\n" => 'd',
            "X-E\r" => 'e', 'X-F' => "f\n", 'X-G' => "g\r", 'X-H' => "h\0"];
        $connection->websocketOrigin = "http://origin$evil";
        $connection->websocketClientProtocol = "chat$evil";
        $lines = \explode("\r\n", (new ReflectionMethod(Ws::class, 'handshake'))->invoke(null, $connection, 'key'));

        self::assertSame(['', ''], \array_splice($lines, -2), 'one end');
        self::assertMatchesRegularExpression('~^GET /[^\0-\x1f\x7f]* HTTP/1\.1$~D', $lines[0]);
        self::assertSame(
            ['Host', 'Connection', 'Upgrade', 'Origin', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Version',
                'Sec-WebSocket-Key', 'X-Good'],
            \array_map(static fn (string $line): string => \explode(':', $line)[0], \array_slice($lines, 1))
        );
        self::assertDoesNotMatchRegularExpression('/[\0-\x1f\x7f]/', \implode('', $lines));
    }

    public function testNothingBreaksOutOfTheHostOfTheHandshake(): void
    {
        $connection = new AsyncTcpConnection("ws://127.0.0.1\r\nX-Evil: 1:80/");
        $head = (new ReflectionMethod(Ws::class, 'handshake'))->invoke(null, $connection, 'key');
        self::assertDoesNotMatchRegularExpression('/^X-Evil/m', $head);
        self::assertStringContainsString("\r\nHost: 127.0.0.1__X-Evil: 1\r\n", $head, 'what breaks lines is replaced');
    }

    /** A protocol class of an application's own that extends Ws runs in PHP, from the handshake to the close frame. */
    public function testAClassThatExtendsIt(): void
    {
        $worker = new Worker('websocket://127.0.0.1:0');
        $log = [];
        $worker->onWebSocketConnect = static function ($c, $request) use (&$log): void {
            $log[] = "asked {$request->header('x-a')}";
        };
        $worker->onMessage = static function (TcpConnection $c, string $data): void {
            $data === 'bye' ? $c->close("\x88\x02\x03\xe8", true) : $c->send("re:$data");
            if ($data === 'ping') {
                $c->websocketType = "\x89";
                $c->send('payload');
                $c->websocketType = Ws::BINARY_TYPE_BLOB;
            }
        };
        $worker->onWebSocketPong = static function ($c, string $data) use (&$log): void {
            $log[] = "pong $data";
            $c->websocketType = Ws::BINARY_TYPE_BLOB;
            $c->send('after the pong');
        };
        $worker->listen();
        $connection = new AsyncTcpConnection('tcp://' . \stream_socket_get_name($worker->getMainSocket(), false));
        $connection->protocol = LoudWs::class;
        $connection->headers = ['X-A' => 'b'];
        $connection->onWebSocketConnect = static function ($c, $response) use (&$log): void {
            $log[] = "open {$response->getStatusCode()}";
        };
        $connection->onMessage = static function ($c, string $data) use (&$log): void {
            $log[] = $data;
            if ($data === 'AFTER THE PONG') {
                $c->send('bye');
            }
        };
        $connection->onWebSocketClose = static function ($c, string $data) use (&$log): void {
            $log[] = 'closing ' . \bin2hex($data);
            $c->close();
        };
        $connection->onClose = static function () use (&$log): void {
            $log[] = 'close';
        };
        $connection->send('early');
        $connection->onConnect = static fn ($c) => $c->send('ping');
        $connection->connect();
        $this->runLoop(3, static function () use (&$log): bool {
            return \end($log) === 'close';
        });
        self::assertSame([
            'asked b', 'open 101', 'RE:EARLY', 'RE:PING', 'pong payload', 'AFTER THE PONG', 'closing 03e8', 'close',
        ], $log);
        self::assertFalse(isset($connection->context->handshakeStep));
    }
}
