<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use stdClass;
use Throwable;
use Workerman\Connection\ConnectionInterface;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

use function base64_encode;
use function chr;
use function deflate_add;
use function deflate_init;
use function inflate_add;
use function inflate_init;
use function is_scalar;
use function is_string;
use function json_encode;
use function ord;
use function pack;
use function preg_match;
use function sha1;
use function str_repeat;
use function str_starts_with;
use function strcspn;
use function strlen;
use function strpos;
use function substr;
use function unpack;

use const JSON_UNESCAPED_UNICODE;
use const PHP_INT_MAX;
use const ZLIB_DEFAULT_STRATEGY;
use const ZLIB_ENCODING_RAW;

/**
 * The server's side of WebSocket (RFC 6455).
 *
 * On connections of a websocket:// worker the engine does the handshake and the framing. This class is for what calls
 * it directly or extends it as a protocol class; all its state is in $connection->context, under upstream's names:
 * websocketHandshake, websocketDataBuffer (fragments so far), websocketCurrentFrameLength (of the fragment that is
 * arriving, 0: none), tmpWebsocketData (frames sent before the handshake), inflator, deflator.
 *
 * Source: Workerman\Protocols\Websocket 5.2.2.
 */
class Websocket
{
    /** First byte of a text frame; the types are values for TcpConnection::$websocketType. */
    public const BINARY_TYPE_BLOB = "\x81";

    public const BINARY_TYPE_BLOB_DEFLATE = "\xc1";

    /** First byte of a binary frame. */
    public const BINARY_TYPE_ARRAYBUFFER = "\x82";

    public const BINARY_TYPE_ARRAYBUFFER_DEFLATE = "\xc2";

    private const OPCODE_CLOSE = 0x8;
    private const OPCODE_PING = 0x9;
    private const OPCODE_PONG = 0xa;
    private const OPCODES = [0x0 => true, 0x1 => true, 0x2 => true, 0x8 => true, 0x9 => true, 0xa => true];

    private const ZLIB_OPTIONS = ['level' => -1, 'memory' => 8, 'window' => 15, 'strategy' => ZLIB_DEFAULT_STRATEGY];

    /**
     * Handshake and control frames are dealt with here, and fragments that are not the last are taken off the buffer.
     *
     * @return int length of the first frame in the buffer when it ends a message, otherwise 0
     */
    public static function input(string $buffer, TcpConnection $connection): int
    {
        $received = strlen($buffer);
        if ($received < 6) {
            return 0;
        }
        $context = $connection->context;
        if (empty($context->websocketHandshake)) {
            return static::dealHandshake($buffer, $connection);
        }

        if (!$context->websocketCurrentFrameLength) {
            $opcode = ord($buffer[0]) & 0xf;
            if (ord($buffer[1]) < 128) { // RFC 6455, 5.1
                Worker::safeEcho("websocket: frame without mask, connection closed\n");
                $connection->close();
                return 0;
            }
            if ($opcode === self::OPCODE_CLOSE) {
                self::onClose($connection);
                return 0;
            }
            if (!isset(self::OPCODES[$opcode])) {
                Worker::safeEcho("websocket: unknown opcode $opcode, connection closed\n");
                $connection->close();
                return 0;
            }

            $length = self::frameLength($buffer);
            if ($length === 0) {
                return 0;
            }
            if ($length < 0 || strlen($context->websocketDataBuffer) + $length > $connection->maxPackageSize) {
                Worker::safeEcho("websocket: message larger than maxPackageSize, connection closed\n");
                $connection->close();
                return 0;
            }

            if (ord($buffer[0]) >= 128) { // FIN
                if ($opcode !== self::OPCODE_PING && $opcode !== self::OPCODE_PONG) {
                    return $length;
                }
                return $received < $length ? 0 : self::onPingPong($buffer, $length, $opcode, $connection);
            }
            $context->websocketCurrentFrameLength = $length;
        }

        // A fragment: decode() adds it to what is there of the message.
        $length = $context->websocketCurrentFrameLength;
        if ($received < $length) {
            return 0;
        }
        static::decode(substr($buffer, 0, $length), $connection);
        $connection->consumeRecvBuffer($length);
        $context->websocketCurrentFrameLength = 0;

        return $received > $length ? static::input(substr($buffer, $length), $connection) : 0;
    }

    /** @return int the first frame's length with header and mask; 0: the header is not complete; -1: beyond all limits */
    private static function frameLength(string $buffer): int
    {
        $payload = ord($buffer[1]) & 127;
        if ($payload < 126) {
            return 6 + $payload;
        }
        if ($payload === 126) {
            return strlen($buffer) < 8 ? 0 : 8 + unpack('n', $buffer, 2)[1];
        }
        if (strlen($buffer) < 14) {
            return 0;
        }
        // RFC 6455, 5.2 forbids the top bit; with it PHP's number is negative.
        $payload = unpack('J', $buffer, 2)[1];

        return $payload >= 0 && $payload <= PHP_INT_MAX - 14 ? 14 + $payload : -1;
    }

    /** Calls onWebSocketClose, which then decides; without one, answers with "normal closure" and closes. */
    private static function onClose(TcpConnection $connection): void
    {
        $callback = $connection->onWebSocketClose ?? $connection->worker->onWebSocketClose ?? null;
        if ($callback) {
            self::call($callback, $connection);
            return;
        }
        $connection->close("\x88\x02\x03\xe8", true);
    }

    /** Deals with a whole ping or pong and goes on with what follows it. */
    private static function onPingPong(string $buffer, int $length, int $opcode, TcpConnection $connection): int
    {
        // Not by decode(): a control frame may come between the fragments of a message (RFC 6455, 5.4).
        $payload = self::unmask(substr($buffer, 0, $length));
        $connection->consumeRecvBuffer($length);

        // Whatever the callback sends goes out as a pong.
        $type = $connection->websocketType ?? static::BINARY_TYPE_BLOB;
        $connection->websocketType = "\x8a";
        if ($opcode === self::OPCODE_PONG) {
            $callback = $connection->onWebSocketPong ?? $connection->worker->onWebSocketPong ?? null;
        } else {
            $callback = $connection->onWebSocketPing ?? $connection->worker->onWebSocketPing
                ?? static fn (TcpConnection $connection, string $data) => $connection->send($data);
        }
        if ($callback) {
            self::call($callback, $connection, $payload);
        }
        $connection->websocketType = $type;

        return strlen($buffer) > $length ? static::input(substr($buffer, $length), $connection) : 0;
    }

    private static function call(callable $callback, mixed ...$arguments): void
    {
        try {
            $callback(...$arguments);
        } catch (Throwable $e) {
            Worker::stopAll(250, $e);
        }
    }

    /**
     * One unmasked frame of the connection's websocketType (text when it has none).
     *
     * @param mixed $buffer the payload; what is not scalar becomes JSON
     * @return string '' before the handshake: the frame is kept in the context and sent after it. Where the engine does
     *                the handshake this class cannot know about it, and always returns the frame.
     */
    public static function encode(mixed $buffer, TcpConnection $connection): string
    {
        $payload = is_scalar($buffer) ? (string) $buffer : (string) json_encode($buffer, JSON_UNESCAPED_UNICODE);
        $type = $connection->websocketType ??= static::BINARY_TYPE_BLOB;
        if (ord($type) & 64) { // RSV1: compressed
            $payload = static::deflate($connection, $payload);
        }

        $length = strlen($payload);
        $frame = match (true) {
            $length < 126 => $type . chr($length) . $payload,
            $length < 65536 => $type . "\x7e" . pack('n', $length) . $payload,
            default => $type . "\x7f" . pack('J', $length) . $payload,
        };

        $connection->context ??= new stdClass();
        if ($connection->context->websocketHandshake ?? ($connection->protocol ?? null) === self::class) {
            return $frame;
        }
        self::keepForHandshake($frame, $connection);

        return '';
    }

    private static function keepForHandshake(string $frame, TcpConnection $connection): void
    {
        $waiting = $connection->context->tmpWebsocketData ?? '';
        if (strlen($waiting) > $connection->maxSendBufferSize) {
            if ($connection->onError) {
                $message = 'send buffer full and drop package';
                self::call($connection->onError, $connection, ConnectionInterface::SEND_FAIL, $message);
            }
            return;
        }
        $connection->context->tmpWebsocketData = $waiting . $frame;
        if ($connection->onBufferFull && strlen($waiting) + strlen($frame) >= $connection->maxSendBufferSize) {
            self::call($connection->onBufferFull, $connection);
        }
    }

    /**
     * @param string $buffer one whole masked frame
     * @return string its payload after those of the message's fragments before it
     */
    public static function decode(string $buffer, TcpConnection $connection): string
    {
        $payload = self::unmask($buffer);
        $compressed = (ord($buffer[0]) & 64) !== 0;
        $final = ord($buffer[0]) >= 128;
        $context = $connection->context;
        if ($context->websocketCurrentFrameLength) {
            $context->websocketDataBuffer .= $payload;
            $payload = $context->websocketDataBuffer;
        } elseif ($context->websocketDataBuffer !== '') {
            $payload = $context->websocketDataBuffer . $payload;
            $context->websocketDataBuffer = '';
        }

        return $compressed ? static::inflate($connection, $payload, $final) : $payload;
    }

    /** @param string $frame one whole masked frame */
    private static function unmask(string $frame): string
    {
        $header = match (ord($frame[1]) & 127) {
            126 => 8,
            127 => 14,
            default => 6,
        };
        $payload = substr($frame, $header);

        // XOR of strings stops at the shorter one, so the mask may be too long.
        return $payload ^ str_repeat(substr($frame, $header - 4, 4), (strlen($payload) >> 2) + 1);
    }

    /** @return string|false false: not DEFLATE data, or more than maxPackageSize, and then the connection is closed */
    protected static function inflate(TcpConnection $connection, string $buffer, bool $isFinFrame): false|string
    {
        $connection->context->inflator ??= inflate_init(ZLIB_ENCODING_RAW, self::ZLIB_OPTIONS);
        if ($isFinFrame) {
            $buffer .= "\x00\x00\xff\xff"; // RFC 7692, 7.2.2
        }
        $inflated = inflate_add($connection->context->inflator, $buffer);
        if (is_string($inflated) && strlen($inflated) > $connection->maxPackageSize) {
            Worker::safeEcho("websocket: inflated message is too large, connection closed\n");
            $connection->close();
            return false;
        }

        return $inflated;
    }

    protected static function deflate(TcpConnection $connection, string $buffer): false|string
    {
        $connection->context->deflator ??= deflate_init(ZLIB_ENCODING_RAW, self::ZLIB_OPTIONS);

        return substr(deflate_add($connection->context->deflator, $buffer), 0, -4); // RFC 7692, 7.2.1
    }

    /**
     * Answers the opening handshake, calls onWebSocketConnect before and onWebSocketConnected after the answer, and
     * goes on with the frames that came along. A request that is none is refused and the connection closed.
     *
     * @return int what input() returns for those frames; 0: more of the request is needed, or nothing follows it
     */
    public static function dealHandshake(string $buffer, TcpConnection $connection): int
    {
        $badRequest = "HTTP/1.1 400 Bad Request\r\n\r\n"
            . '<div style="text-align:center"><h1>400 Bad Request</h1><hr>workerman</div>';
        if (!str_starts_with($buffer, 'GET')) {
            $connection->close($badRequest, true);
            return 0;
        }
        $headLength = strpos($buffer, "\r\n\r\n");
        if ($headLength === false) {
            return 0;
        }
        $headLength += 4;

        $head = substr($buffer, 0, $headLength);
        if (preg_match("/Sec-WebSocket-Version: *(.*?)\r\n/i", $head, $version) !== 1) {
            $connection->close("HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\n", true);
            return 0;
        }
        if ($version[1] !== '13') { // RFC 6455, 4.4
            $connection->close("HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
                . "Sec-WebSocket-Version: 13\r\n\r\n", true);
            return 0;
        }
        if (preg_match("/Sec-WebSocket-Key: *(.*?)\r\n/i", $head, $key) !== 1) {
            $connection->close($badRequest, true);
            return 0;
        }

        $context = $connection->context ??= new stdClass();
        $context->websocketDataBuffer = '';
        $context->websocketCurrentFrameLength = 0;
        $context->websocketCurrentFrameBuffer = '';
        $connection->consumeRecvBuffer($headLength);

        $request = new Request($buffer);
        $callback = $connection->onWebSocketConnect ?? $connection->worker->onWebSocketConnect ?? null;
        if ($callback) {
            self::call($callback, $connection, $request);
        }
        $connection->websocketType ??= static::BINARY_TYPE_BLOB;

        $accept = base64_encode(sha1($key[1] . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true));
        $answer = "HTTP/1.1 101 Switching Protocol\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            . "Connection: Upgrade\r\nSec-WebSocket-Accept: $accept\r\n";
        foreach ($connection->headers ?: [] as $line) {
            if (strcspn($line, "\r\n\0") === strlen($line)) {
                $answer .= "$line\r\n";
            }
        }
        $connection->send("$answer\r\n", true);
        $context->websocketHandshake = true;

        $callback = $connection->onWebSocketConnected ?? $connection->worker->onWebSocketConnected ?? null;
        if ($callback) {
            self::call($callback, $connection, $request);
        }
        if (!empty($context->tmpWebsocketData)) {
            $connection->send($context->tmpWebsocketData, true);
            $context->tmpWebsocketData = '';
        }

        return strlen($buffer) > $headLength ? static::input(substr($buffer, $headLength), $connection) : 0;
    }
}
