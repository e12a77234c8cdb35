<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use Phalanx\Worker\EngineProtocol;
use Throwable;
use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\ConnectionInterface;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

use function base64_encode;
use function bin2hex;
use function chr;
use function explode;
use function ord;
use function pack;
use function preg_match;
use function random_bytes;
use function sha1;
use function str_repeat;
use function str_replace;
use function strlen;
use function strpbrk;
use function strpos;
use function strtolower;
use function substr;
use function trim;
use function unpack;

/**
 * The client's side of WebSocket (RFC 6455).
 *
 * On an AsyncTcpConnection of a ws:// address the engine frames and masks; the handshake is sent from here and the
 * engine checks its answer. The rest of this class is for what calls it directly or extends it as a protocol class; its
 * state is in $connection->context, under upstream's names: handshakeStep (1 sent, 2 accepted), websocketSecKey,
 * websocketDataBuffer (fragments so far), websocketCurrentFrameLength (of the fragment that is arriving, 0: none),
 * tmpWebsocketData (frames sent before the answer), websocketPingTimer.
 *
 * Source: Workerman\Protocols\Ws 5.2.2.
 */
class Ws
{
    /** First byte of a text frame; the types are values for TcpConnection::$websocketType. */
    public const BINARY_TYPE_BLOB = "\x81";

    /** First byte of a binary frame. */
    public const BINARY_TYPE_ARRAYBUFFER = "\x82";

    private const OPCODE_CLOSE = 0x8;
    private const OPCODE_PING = 0x9;
    private const OPCODE_PONG = 0xa;
    private const OPCODES = [0x0 => true, 0x1 => true, 0x2 => true, 0x8 => true, 0x9 => true, 0xa => true];

    /** A masked ping without payload. */
    private const PING = "\x89\x80\x00\x00\x00\x00";

    /**
     * The handshake's answer and control frames are dealt with here, and fragments that are not the last are taken off
     * the buffer.
     *
     * @return int length of the first frame in the buffer when it ends a message, otherwise 0; -1: data before the
     *     handshake
     */
    public static function input(string $buffer, AsyncTcpConnection $connection): int
    {
        $context = $connection->context;
        if (!isset($context->handshakeStep)) {
            Worker::safeEcho('recv data before handshake. Buffer:' . bin2hex($buffer) . "\n");
            return -1;
        }
        if ($context->handshakeStep === 1) {
            return (int)static::dealHandshake($buffer, $connection);
        }
        $received = strlen($buffer);
        if ($received < 2) {
            return 0;
        }
        if (!$context->websocketCurrentFrameLength) {
            $opcode = ord($buffer[0]) & 0xf;
            if (ord($buffer[1]) >= 128) { // RFC 6455, 5.1
                Worker::safeEcho("frame masked so close the connection\n");
                $connection->close();
                return 0;
            }
            if (!isset(self::OPCODES[$opcode])) {
                Worker::safeEcho("error opcode $opcode and close websocket connection. Buffer:$buffer\n");
                $connection->close();
                return 0;
            }
            $length = self::frameLength($buffer);
            if ($length === 0) {
                return 0;
            }
            if ($length < 0 || strlen($context->websocketDataBuffer) + $length > $connection->maxPackageSize) {
                Worker::safeEcho("error package. package_length=$length\n");
                $connection->close();
                return 0;
            }
            if ($opcode === self::OPCODE_CLOSE) {
                if ($received >= $length) {
                    self::onCloseFrame(self::payload(substr($buffer, 0, $length)), $connection);
                }
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

    /** @return int the first frame's length with its header; 0: the header is not complete; -1: beyond all limits */
    private static function frameLength(string $buffer): int
    {
        $payload = ord($buffer[1]) & 127;
        if ($payload < 126) {
            return 2 + $payload;
        }
        if ($payload === 126) {
            return strlen($buffer) < 4 ? 0 : 4 + unpack('n', $buffer, 2)[1];
        }
        if (strlen($buffer) < 10) {
            return 0;
        }
        // RFC 6455, 5.2 forbids the top bit; with it PHP's number is negative.
        $payload = unpack('J', $buffer, 2)[1];

        return $payload >= 0 && $payload <= PHP_INT_MAX - 10 ? 10 + $payload : -1;
    }

    /** Calls onWebSocketClose, which then decides; without one the connection is closed. */
    private static function onCloseFrame(string $payload, AsyncTcpConnection $connection): void
    {
        if (isset($connection->onWebSocketClose)) {
            self::call($connection->onWebSocketClose, $connection, $payload);
            return;
        }
        $connection->close();
    }

    /** Deals with a whole ping or pong and goes on with what follows it. */
    private static function onPingPong(string $buffer, int $length, int $opcode, AsyncTcpConnection $connection): int
    {
        // Not by decode(): a control frame may come between the fragments of a message (RFC 6455, 5.4).
        $payload = self::payload(substr($buffer, 0, $length));
        $connection->consumeRecvBuffer($length);

        // Whatever the callback sends goes out as a pong.
        $type = $connection->websocketType ?? static::BINARY_TYPE_BLOB;
        $connection->websocketType = "\x8a";
        $callback = $opcode === self::OPCODE_PONG
            ? $connection->onWebSocketPong ?? null
            : $connection->onWebSocketPing
                ?? static fn (AsyncTcpConnection $connection, string $data) => $connection->send($data);
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
     * One masked frame of the connection's websocketType (text when it has none). Sends the handshake if that has not
     * been done.
     *
     * @return string '' before the handshake is answered: the frame is kept in the context and sent after it. Where the
     *     engine takes the answer this class cannot know about it before onWebSocketConnect.
     */
    public static function encode(string $payload, AsyncTcpConnection $connection): string
    {
        $connection->websocketType ??= static::BINARY_TYPE_BLOB;
        $connection->websocketOrigin ??= null;
        $connection->websocketClientProtocol ??= null;
        if (!isset($connection->context->handshakeStep)) {
            static::sendHandshake($connection);
        }

        $length = strlen($payload);
        $head = match (true) {
            $length < 126 => chr(0x80 | $length),
            $length < 65536 => "\xfe" . pack('n', $length),
            default => "\xff" . pack('J', $length),
        };
        // RFC 6455, 5.3 wants a random one; who calls this class directly gets what upstream gives.
        $mask = EngineProtocol::nameOf($connection->protocol ?? null) === 'websocket' ? random_bytes(4) : "\0\0\0\0";
        // XOR of strings stops at the shorter one, so the mask may be too long.
        $frame = $connection->websocketType . $head . $mask . ($payload ^ str_repeat($mask, ($length >> 2) + 1));
        if ($connection->context->handshakeStep !== 1) {
            return $frame;
        }
        self::keepForHandshake($frame, $connection);

        return '';
    }

    private static function keepForHandshake(string $frame, AsyncTcpConnection $connection): void
    {
        $waiting = $connection->context->tmpWebsocketData;
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
     * @param string $bytes one whole frame
     * @return string its payload after those of the message's fragments before it
     */
    public static function decode(string $bytes, AsyncTcpConnection $connection): string
    {
        $payload = self::payload($bytes);
        $context = $connection->context;
        if ($context->websocketCurrentFrameLength) {
            return $context->websocketDataBuffer .= $payload;
        }
        if ($context->websocketDataBuffer !== '') {
            $payload = $context->websocketDataBuffer . $payload;
            $context->websocketDataBuffer = '';
        }

        return $payload;
    }

    /** @param string $frame one whole frame without mask */
    private static function payload(string $frame): string
    {
        return substr($frame, match (ord($frame[1]) & 127) {
            126 => 4,
            127 => 10,
            default => 2,
        });
    }

    /** Called when the connection is there: sends the handshake. */
    public static function onConnect(AsyncTcpConnection $connection): void
    {
        $connection->websocketOrigin ??= null;
        $connection->websocketClientProtocol ??= null;
        static::sendHandshake($connection);
    }

    /** Called when the connection is gone: the next one begins with a handshake. */
    public static function onClose(AsyncTcpConnection $connection): void
    {
        $context = $connection->context;
        unset($context->handshakeStep);
        $context->websocketCurrentFrameLength = 0;
        $context->tmpWebsocketData = '';
        $context->websocketDataBuffer = '';
        if (!empty($context->websocketPingTimer)) {
            Timer::del($context->websocketPingTimer);
            $context->websocketPingTimer = null;
        }
    }

    /**
     * Asks for a WebSocket, once for each connection. $connection->headers (name => value) go along, but for those that
     * would break out of their line.
     */
    public static function sendHandshake(AsyncTcpConnection $connection): void
    {
        $context = $connection->context;
        if (!empty($context->handshakeStep)) {
            return;
        }
        $context->websocketSecKey = base64_encode(random_bytes(16));
        $request = static::handshake($connection, $context->websocketSecKey);
        $context->handshakeStep = 1;
        $context->websocketCurrentFrameLength = 0;
        $context->websocketDataBuffer = '';
        $context->tmpWebsocketData = '';
        $connection->send($request, true);
        $connection->expectAnswer($context->websocketSecKey);
    }

    /** @return string a request's head */
    private static function handshake(AsyncTcpConnection $connection, string $key): string
    {
        $lines = '';
        $hasHost = false;
        foreach ($connection->headers ?? [] as $name => $value) {
            if (strpbrk((string)$name, ":\r\n\0") === false && strpbrk((string)$value, "\r\n\0") === false) {
                $lines .= "$name: $value\r\n";
                $hasHost = $hasHost || strtolower((string)$name) === 'host';
            }
        }
        $oneLine = static fn (?string $text): string => str_replace(["\r", "\n", "\0"], '', (string)$text);
        $port = $connection->getRemotePort();
        $host = $connection->getRemoteHost() . ($port === 80 || $port === 443 || $port === 0 ? '' : ":$port");
        $origin = $oneLine($connection->websocketOrigin ?? null);
        $protocol = $oneLine($connection->websocketClientProtocol ?? null);

        return 'GET ' . $oneLine($connection->getRemoteURI()) . " HTTP/1.1\r\n"
            . ($hasHost ? '' : "Host: $host\r\n")
            . "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            . ($origin !== '' ? "Origin: $origin\r\n" : '')
            . ($protocol !== '' ? "Sec-WebSocket-Protocol: $protocol\r\n" : '')
            . "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: $key\r\n$lines\r\n";
    }

    /**
     * Deals with the handshake's answer and goes on with the frames that came along. An answer that does not fit the
     * key is printed, and the connection closed.
     *
     * @return int what input() returns for those frames; 0: more of the answer is needed, or nothing follows it
     */
    public static function dealHandshake(string $buffer, AsyncTcpConnection $connection): bool|int
    {
        $end = strpos($buffer, "\r\n\r\n");
        if (!$end) {
            return 0;
        }
        $head = substr($buffer, 0, $end);
        $accept = base64_encode(sha1(
            $connection->context->websocketSecKey . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11',
            true
        ));
        $found = preg_match("/\r\nSec-WebSocket-Accept: *([^\r\n]*)/i", $head, $match);
        if (!$found || trim($match[1]) !== $accept) {
            Worker::safeEcho('Sec-WebSocket-Accept not ' . ($found ? 'match' : 'found') . ". Header:\n$head\n");
            $connection->close();
            return 0;
        }
        static::opened($connection, "$head\r\n\r\n");
        $connection->consumeRecvBuffer($end + 4);
        $waiting = $connection->context->tmpWebsocketData ?? '';
        if ($waiting !== '') {
            $connection->context->tmpWebsocketData = '';
            $connection->send($waiting, true);
        }
        $rest = substr($buffer, $end + 4);

        return $rest !== '' && isset($connection->context->handshakeStep) ? static::input($rest, $connection) : 0;
    }

    /**
     * The handshake is done: calls onWebSocketConnect and begins to send pings.
     *
     * @internal
     * @param string $head the answer's
     */
    public static function opened(AsyncTcpConnection $connection, string $head): void
    {
        $connection->context->handshakeStep = 2;
        if (isset($connection->onWebSocketConnect)) {
            self::call($connection->onWebSocketConnect, $connection, static::parseResponse($head));
        }
        if (empty($connection->websocketPingInterval) || ($connection->context->handshakeStep ?? 0) !== 2) {
            return; // closed by the callback
        }
        $context = $connection->context;
        $context->websocketPingTimer = Timer::add(
            $connection->websocketPingInterval,
            static function () use ($connection, $context): void {
                if ($connection->send(self::PING, true) === false && !empty($context->websocketPingTimer)) {
                    Timer::del($context->websocketPingTimer);
                    $context->websocketPingTimer = null;
                }
            }
        );
    }

    /** @param string $buffer a response's head */
    protected static function parseResponse(string $buffer): Response
    {
        $lines = explode("\r\n", explode("\r\n\r\n", $buffer, 2)[0]);
        [$protocol, $status, $phrase] = explode(' ', $lines[0], 3) + ['', '', ''];
        unset($lines[0]);
        $headers = [];
        foreach ($lines as $line) {
            [$name, $value] = explode(':', $line, 2) + ['', ''];
            $headers[$name] = trim($value);
        }

        return (new Response())->withStatus((int)$status, $phrase)->withHeaders($headers)
            ->withProtocolVersion(substr($protocol, 5));
    }
}
