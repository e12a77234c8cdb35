<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use TypeError;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

/** The bytes were compared with those of Workerman 5.2.2, but for what says otherwise. */
final class WebsocketTest extends TestCase
{
    // The key and its answer are RFC 6455's own example (1.3).
    private const HANDSHAKE = "GET /chat?a=1 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private const ACCEPTED = "HTTP/1.1 101 Switching Protocol\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        . "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    protected function setUp(): void
    {
        Worker::$outputStream = fopen('php://memory', 'w+'); // what is said about refused frames
    }

    private static function frame(string $firstByte, string $payload): string
    {
        $length = strlen($payload);
        $mask = "\x37\x69\x1a\x5a";

        return $firstByte . match (true) {
            $length < 126 => chr(128 | $length),
            $length < 65536 => chr(128 | 126) . pack('n', $length),
            default => chr(128 | 127) . pack('J', $length),
        } . $mask . ($payload ^ str_repeat($mask, ($length >> 2) + 1));
    }

    private static function open(): RecordingConnection
    {
        $connection = new RecordingConnection();
        $connection->context->websocketHandshake = true;
        $connection->context->websocketDataBuffer = '';
        $connection->context->websocketCurrentFrameLength = 0;

        return $connection;
    }

    /** Reads as a connection does. @return list<string> the messages */
    private static function read(string $buffer, RecordingConnection $connection): array
    {
        $messages = [];
        while ($buffer !== '') {
            $before = count($connection->calls);
            $length = Websocket::input($buffer, $connection);
            foreach (array_slice($connection->calls, $before) as $call) {
                $buffer = $call[0] === 'consumeRecvBuffer' ? substr($buffer, $call[1]) : $buffer;
            }
            if ($length <= 0 || $length > strlen($buffer)) {
                break;
            }
            $messages[] = Websocket::decode(substr($buffer, 0, $length), $connection);
            $buffer = substr($buffer, $length);
        }

        return $messages;
    }

    /** @return list<list<mixed>> */
    private static function callsBut(string $method, RecordingConnection $connection): array
    {
        return array_values(array_filter($connection->calls, static fn (array $call) => $call[0] !== $method));
    }

    /** @return iterable<string, array{string, list<string>}> */
    public static function streams(): iterable
    {
        $long = str_repeat('a', 300);
        $huge = str_repeat('b', 70000);
        yield 'one frame' => [self::frame("\x81", 'hello'), ['hello']];
        yield 'an empty frame' => [self::frame("\x81", ''), ['']];
        yield 'two frames' => [self::frame("\x81", 'hello') . self::frame("\x82", "\0"), ['hello', "\0"]];
        yield '16-bit length' => [self::frame("\x81", $long), [$long]];
        yield '64-bit length' => [self::frame("\x82", $huge), [$huge]];
        yield 'fragments' => [self::frame("\x01", 'hel') . self::frame("\x00", 'l') . self::frame("\x80", 'o'), ['hello']];
        yield 'pong' => [self::frame("\x8a", 'x') . self::frame("\x81", 'y'), ['y']];
        yield 'header cut short' => [substr(self::frame("\x81", $long), 0, 7), []];
        yield 'fragment cut short' => [substr(self::frame("\x01", 'hello'), 0, 8), []];
        yield 'fewer bytes than any frame has' => ["\x81\x80ab", []];
    }

    #[DataProvider('streams')]
    public function testMessagesAreRead(string $buffer, array $messages): void
    {
        $connection = self::open();

        self::assertSame($messages, self::read($buffer, $connection));
        self::assertSame([], self::callsBut('consumeRecvBuffer', $connection));
    }

    public function testLengthIsToldBeforeTheFrameIsThere(): void
    {
        self::assertSame(70014, Websocket::input(substr(self::frame("\x82", str_repeat('x', 70000)), 0, 14), self::open()));
    }

    /** @return iterable<string, array{string}> */
    public static function refused(): iterable
    {
        yield 'no mask' => ["\x81\x05hello"];
        yield 'unknown opcode' => [self::frame("\x83", 'x')];
        yield 'larger than allowed' => [self::frame("\x82", str_repeat('x', 2000))];
        yield 'fragments larger than allowed' => [self::frame("\x01", str_repeat('x', 600)) . self::frame("\x80", str_repeat('x', 600))];
        yield 'length with the top bit set' => ["\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffmask"];
    }

    #[DataProvider('refused')]
    public function testRefusedFramesCloseTheConnection(string $buffer): void
    {
        $connection = self::open();
        $connection->maxPackageSize = 1000;

        self::assertSame([], self::read($buffer, $connection));
        self::assertSame([['close', null, false]], self::callsBut('consumeRecvBuffer', $connection));
    }

    public function testPingIsAnswered(): void
    {
        $connection = self::open();

        self::assertSame(['text'], self::read(self::frame("\x89", 'pp') . self::frame("\x81", 'text'), $connection));
        self::assertSame([['consumeRecvBuffer', 8], ['send', 'pp', false]], $connection->calls);
        self::assertSame("\x81", $connection->websocketType);
    }

    public function testPingBetweenFragmentsLeavesTheMessageAlone(): void
    {
        // Upstream sends the fragment back in the pong and loses it.
        $connection = self::open();
        $buffer = self::frame("\x01", 'hel') . self::frame("\x89", 'p') . self::frame("\x80", 'lo');

        self::assertSame(['hello'], self::read($buffer, $connection));
        self::assertSame([['send', 'p', false]], self::callsBut('consumeRecvBuffer', $connection));
    }

    public function testPingAndPongCallbacksSendPongs(): void
    {
        $connection = self::open();
        $seen = [];
        $record = static function (TcpConnection $connection, string $data) use (&$seen): void {
            $seen[] = [$data, $connection->websocketType];
        };
        $connection->onWebSocketPing = $connection->onWebSocketPong = $record;
        self::read(self::frame("\x89", 'a') . self::frame("\x8a", 'b'), $connection);

        self::assertSame([['a', "\x8a"], ['b', "\x8a"]], $seen);
        self::assertSame([], self::callsBut('consumeRecvBuffer', $connection));
    }

    public function testCloseIsAnsweredOrLeftToTheCallback(): void
    {
        $connection = self::open();
        self::read(self::frame("\x88", "\x03\xe8"), $connection);
        self::assertSame([['close', "\x88\x02\x03\xe8", true]], $connection->calls);

        $connection = self::open();
        $closed = 0;
        $connection->onWebSocketClose = static function () use (&$closed): void {
            ++$closed;
        };
        self::read(self::frame("\x88", ''), $connection);
        self::assertSame([1, []], [$closed, $connection->calls]);
    }

    /** @return iterable<string, array{mixed, ?string, string}> */
    public static function payloads(): iterable
    {
        yield 'text unless said otherwise' => ['hello', null, "\x81\x05hello"];
        yield 'binary' => ['hello', Websocket::BINARY_TYPE_ARRAYBUFFER, "\x82\x05hello"];
        yield 'a number' => [12, null, "\x81\x0212"];
        yield 'what is not scalar becomes JSON' => [['a' => 'ü'], null, "\x81\x0a{\"a\":\"ü\"}"];
        yield 'compressed text' => ['hello', Websocket::BINARY_TYPE_BLOB_DEFLATE, "\xc1\x07\xcaH\xcd\xc9\xc9\x07\x00"];
        yield 'the longest with a 7-bit length' => [str_repeat('x', 125), null, "\x81\x7d" . str_repeat('x', 125)];
        yield 'the shortest with a 16-bit length' => [str_repeat('x', 126), null, "\x81\x7e\x00\x7e" . str_repeat('x', 126)];
        yield 'the longest with a 16-bit length' => [str_repeat('x', 65535), null, "\x81\x7e\xff\xff" . str_repeat('x', 65535)];
        yield 'the shortest with a 64-bit length' => [str_repeat('x', 65536), null, "\x81\x7f\0\0\0\0\0\1\0\0" . str_repeat('x', 65536)];
    }

    #[DataProvider('payloads')]
    public function testEncode(mixed $payload, ?string $type, string $expected): void
    {
        $connection = self::open();
        $connection->websocketType = $type;

        self::assertSame($expected, Websocket::encode($payload, $connection));
    }

    public function testEncodeReturnsTheFrameWhereTheEngineDoesTheHandshake(): void
    {
        $connection = new RecordingConnection();
        $connection->protocol = Websocket::class;

        self::assertSame("\x81\x02hi", Websocket::encode('hi', $connection));
    }

    public function testCompressedFramesAreInflated(): void
    {
        $payload = substr((string) deflate_add(deflate_init(ZLIB_ENCODING_RAW), 'Grüße'), 0, -4);

        self::assertSame(['Grüße'], self::read(self::frame("\xc1", $payload), self::open()));
    }

    public function testInflatedMessageIsLimitedToo(): void
    {
        $payload = substr((string) deflate_add(deflate_init(ZLIB_ENCODING_RAW), str_repeat('z', 4000)), 0, -4);
        $connection = self::open();
        $connection->maxPackageSize = 512;
        try {
            self::read(self::frame("\xc1", $payload), $connection);
            self::fail('decode() returned more than maxPackageSize');
        } catch (TypeError) {
            self::assertSame([['close', null, false]], $connection->calls);
        }
    }

    public function testHandshake(): void
    {
        $connection = new RecordingConnection();
        $connection->headers = ['X: y', "Evil: 1\r\nX: z", "Evil: \0"];
        $seen = [];
        $connection->onWebSocketConnect = static function (TcpConnection $connection, Request $request) use (&$seen): void {
            $seen[] = ['connect', $request->path(), $request->get('a')];
            $connection->websocketType = Websocket::BINARY_TYPE_ARRAYBUFFER;
            self::assertSame('', Websocket::encode('early', $connection), 'frames wait for the handshake');
        };
        $connection->onWebSocketConnected = static function () use (&$seen, $connection): void {
            $seen[] = ['connected', count($connection->calls)];
        };

        self::assertSame(['first'], self::read(self::HANDSHAKE . self::frame("\x81", 'first'), $connection));
        self::assertSame([['connect', '/chat', '1'], ['connected', 2]], $seen);
        self::assertSame([
            ['consumeRecvBuffer', strlen(self::HANDSHAKE)],
            ['send', self::ACCEPTED . "X: y\r\n\r\n", true],
            ['send', "\x82\x05early", true],
        ], $connection->calls);
    }

    /** @return iterable<string, array{string, ?string}> */
    public static function handshakes(): iterable
    {
        yield 'cut short' => [substr(self::HANDSHAKE, 0, 60), null];
        yield 'not GET' => ["POST / HTTP/1.1\r\n\r\n", '400 Bad Request'];
        yield 'no version' => [str_replace('Version', 'Vrsion', self::HANDSHAKE), '400 Bad Request'];
        yield 'another version' => [str_replace(': 13', ': 12', self::HANDSHAKE), '426 Upgrade Required'];
        yield 'no key' => [str_replace('-Key', '-Kye', self::HANDSHAKE), '400 Bad Request'];
        yield 'headers in the body do not count' => ["GET / HTTP/1.1\r\n\r\n" . self::HANDSHAKE, '400 Bad Request'];
    }

    #[DataProvider('handshakes')]
    public function testHandshakeThatIsNone(string $buffer, ?string $status): void
    {
        $connection = new RecordingConnection();

        self::assertSame(0, Websocket::input($buffer, $connection));
        self::assertSame($status === null ? 0 : 1, count($connection->calls));
        if ($status !== null) {
            self::assertSame('close', $connection->calls[0][0]);
            self::assertStringStartsWith("HTTP/1.1 $status\r\n", $connection->calls[0][1]);
        }
    }

    public function testFramesThatWaitForTheHandshakeAreLimited(): void
    {
        $connection = new RecordingConnection();
        $connection->maxSendBufferSize = 10;
        $full = $errors = [];
        $connection->onBufferFull = static function () use (&$full): void {
            $full[] = true;
        };
        $connection->onError = static function (TcpConnection $connection, int $code, string $message) use (&$errors): void {
            $errors[] = [$code, $message];
        };
        Websocket::encode('12345678', $connection);
        self::assertCount(1, $full);
        Websocket::encode('x', $connection);
        Websocket::encode('refused', $connection);

        self::assertSame([[TcpConnection::SEND_FAIL, 'send buffer full and drop package']], $errors);
        self::assertSame("\x81\x0812345678\x81\x01x", $connection->context->tmpWebsocketData);
    }
}
