<?php

declare(strict_types=1);

namespace Phalanx\Connection;

use Phalanx\Http\Compression;
use Throwable;
use Workerman\Protocols\Http\Response;
use Phalanx\Worker\EngineProtocol;

/**
 * How Workerman\Connection\TcpConnection sends: strings go to the engine as they are, the rest is encoded first.
 *
 * @internal
 */
trait Sending
{
    // Who turns what send() gets into bytes. Above 0 the engine does, for strings.
    protected const ENCODE_USER = 0;
    protected const ENCODE_ENGINE = 1;
    protected const ENCODE_HTTP = 2;
    protected const ENCODE_WEBSOCKET = 3;
    protected const ENCODE_WEBSOCKET_TYPED = -1; // frames that are not text
    protected const ENCODE_WEBSOCKET_LATER = -2; // before the handshake: frames wait for it
    protected const ENCODE_HTTP_COMPRESSED = -3;

    protected int $encoder = self::ENCODE_USER;

    /**
     * Queues a message; it leaves when the current callbacks have returned. What encode() throws goes to $errorHandler.
     *
     * @param mixed $sendBuffer what the protocol's encode() takes, or bytes when $raw is true
     * @return bool|null true: taken; null: waits behind earlier bytes; false: closing, closed or buffer full
     */
    public function send(mixed $sendBuffer, bool $raw = false): bool|null
    {
        if ($this->encoder > 0 && !$raw && \is_string($sendBuffer) && $this->headers === []) {
            $taken = \phalanx_conn_send($this->engineHandle, $sendBuffer);
            return $taken === false ? $this->refused() : $taken;
        }

        return $this->sendEncoded($sendBuffer, $raw);
    }

    /** What send() does with everything but a string for the engine. */
    private function sendEncoded(mixed $data, bool $raw): ?bool
    {
        if ($this->status < self::STATUS_ESTABLISHED) {
            return $this->sendLater($data, $raw);
        }
        if ($this->status >= self::STATUS_ENDING || !$this->engineHandle) {
            return false;
        }
        if ($this->encoder === self::ENCODE_ENGINE && \is_scalar($data) && !\is_string($data)) {
            return $this->send((string)$data, $raw);
        }
        $compressed = $this->encoder === self::ENCODE_HTTP_COMPRESSED;
        if ($raw || $this->protocol === null) {
            $whole = $compressed = false; // where a response made of raw bytes ends, the engine finds out
        } else {
            if (!$compressed && ($this->encoder < 0 || $this->encoder === self::ENCODE_WEBSOCKET)) {
                return $this->sendFrame($data);
            }
            try {
                $bytes = $this->protocol::encode($data, $this);
            } catch (Throwable $e) {
                $this->error($e);
                return false;
            }
            if ($bytes === '') {
                return null;
            }
            $whole = ($compressed || $this->encoder === self::ENCODE_HTTP) && self::isWholeResponse($data);
            if ($compressed && ($whole || $data instanceof Response)) {
                return $this->sendCompressed($bytes, $whole);
            }
            $data = $bytes;
        }
        $taken = $whole
            ? \phalanx_conn_send_response($this->engineHandle, $data)
            : \phalanx_conn_send($this->engineHandle, $data, true);

        return $taken === false ? $this->refused() : $taken;
    }

    /** @param bool $whole false: the head of a response whose body follows in pieces */
    private function sendCompressed(string $bytes, bool $whole): ?bool
    {
        $coding = Compression::coding($this);
        $taken = $whole
            ? \phalanx_conn_send_response($this->engineHandle, $bytes, $coding)
            : \phalanx_conn_send_stream($this->engineHandle, $bytes, $coding);

        return $taken === false ? $this->refused() : $taken;
    }

    /** Before the connection is there bytes wait, as many of them as may wait in the send buffer. */
    private function sendLater(mixed $data, bool $raw): ?bool
    {
        if (!$raw && $this->protocol !== null) {
            try {
                $data = $this->protocol::encode($data, $this);
            } catch (Throwable $e) {
                $this->error($e);
                return false;
            }
            if ($data === '') {
                return null;
            }
        }
        if (\strlen($this->sendBuffer) >= $this->maxSendBufferSize) {
            return $this->droppedMessage();
        }
        $this->sendBuffer .= $data;
        $this->checkBufferWillFull();

        return null;
    }

    protected function sendFrame(mixed $data): ?bool
    {
        if (!\is_string($data)) {
            $data = \is_scalar($data) ? (string)$data : (string)\json_encode($data, \JSON_UNESCAPED_UNICODE);
        }
        if ($this->encoder === self::ENCODE_WEBSOCKET_LATER) {
            return $this->keepFrame($data);
        }
        $taken = \phalanx_conn_send_frame($this->engineHandle, $data, \ord($this->websocketType ?: "\x81"));

        return $taken === false ? $this->refused() : $taken;
    }

    /** Before the handshake is answered messages wait, as many bytes of them as may wait in the send buffer. */
    private function keepFrame(string $data): ?bool
    {
        if (\strlen($this->sendBuffer) > $this->maxSendBufferSize) {
            return $this->droppedMessage();
        }
        $this->sendBuffer .= \pack('JC', \strlen($data), \ord($this->websocketType ?: "\x81")) . $data;
        if (\strlen($this->sendBuffer) >= $this->maxSendBufferSize) {
            $this->onEngineFull();
        }

        return null;
    }

    /** The engine would not take a message: the send buffer is full, or the connection is on its way out. */
    private function refused(): bool
    {
        if ($this->status === self::STATUS_ESTABLISHED && \phalanx_conn_stat($this->engineHandle, 4) === 1) {
            return $this->droppedMessage();
        }

        return false;
    }

    protected function droppedMessage(): bool
    {
        ++self::$statistics['send_fail'];
        \phalanx_slot_send_failed();
        $this->fire($this->onError, self::SEND_FAIL, 'send buffer full and drop package');

        return false;
    }

    /** Whether what was sent is an answer from its first to its last byte; chunks and server-sent events are not. */
    private static function isWholeResponse(mixed $response): bool
    {
        if (!\is_object($response)) {
            return true;
        }

        return $response instanceof Response
            && $response->getStatusCode() >= 200
            && $response->getHeader('Transfer-Encoding') === null
            && $response->getHeader('Content-Type') !== 'text/event-stream';
    }

    protected static function websocketEncoder(?string $type): int
    {
        return ($type ?: "\x81") === "\x81" ? self::ENCODE_WEBSOCKET : self::ENCODE_WEBSOCKET_TYPED;
    }

    protected static function encoderOf(?string $protocol): int
    {
        return match (EngineProtocol::nameOf($protocol)) {
            'user' => self::ENCODE_USER,
            'http' => Compression::isEnabled() ? self::ENCODE_HTTP_COMPRESSED : self::ENCODE_HTTP,
            'websocket' => self::ENCODE_WEBSOCKET_LATER,
            default => self::ENCODE_ENGINE,
        };
    }

    /**
     * The HTTP request that the next answer is for, of a large one the head alone; '' when that is not certain.
     *
     * @internal
     */
    public function answeredRequest(): string
    {
        return $this->isLive() ? \phalanx_conn_request($this->engineHandle) : '';
    }

    /**
     * Sends a head and then $length bytes of a file from $offset on, which the kernel copies.
     *
     * @internal
     * @return bool|null as send()
     */
    public function sendFile(string $head, string $path, int $offset, int $length): ?bool
    {
        $taken = \phalanx_conn_send_file($this->engineHandle, $head, $path, $offset, $length);

        return $taken === false ? $this->refused() : $taken;
    }
}
