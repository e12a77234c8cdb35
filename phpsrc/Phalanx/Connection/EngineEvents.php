<?php

declare(strict_types=1);

namespace Phalanx\Connection;

use Phalanx\Development;
use Phalanx\Fiber\Scheduler;
use Phalanx\Worker\EngineProtocol;
use RuntimeException;
use Throwable;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

/**
 * What the engine tells a Workerman\Connection\TcpConnection: its entry points, called from C.
 *
 * @internal
 */
trait EngineEvents
{
    /**
     * Makes the object of a connection that the worker's listener has accepted.
     *
     * @internal
     * @param ?string $protocol the protocol that the listener gave the connection
     */
    public static function accepted(Worker $worker, int $handle, ?string $protocol): self
    {
        $connection = new self(Worker::$globalEvent, $handle);
        $connection->worker = $worker;
        $connection->onMessage = $worker->onMessage;
        $connection->onClose = $worker->onClose;
        $connection->onError = $worker->onError;
        $connection->onBufferDrain = $worker->onBufferDrain;
        $connection->onBufferFull = $worker->onBufferFull;
        // Without its handle the connection does not tell the engine what the engine knows.
        $connection->engineHandle = 0;
        if ($worker->transport !== 'tcp') {
            $connection->transport = $worker->transport;
        }
        if (Development::isOn() && EngineProtocol::nameOf($protocol) === 'http') {
            $connection->onMessage = Development::guard($worker->onMessage);
        }
        $connection->protocol = $protocol;
        $connection->engineHandle = $handle;
        $connection->encoder = self::encoderOf($protocol);
        if ($protocol !== $worker->protocol) {
            $connection->protocol = $worker->protocol; // changed since the worker listens
        }

        return $connection;
    }

    /**
     * The socket is gone.
     *
     * @internal
     * @param int $handle whose: this object may have another one by now
     */
    public function onEngineClose(int $handle): void
    {
        if ($handle === $this->engineHandle && $this->status !== self::STATUS_CLOSED) {
            if ($this->status !== self::STATUS_CLOSING) {
                $this->keepFigures();
            }
            $this->finish();
        }
    }

    /**
     * The TLS handshake has ended. After a failed one the engine closes the connection.
     *
     * @internal
     */
    public function onEngineSecure(bool $ok, string $error): void
    {
        $this->sslHandshakeCompleted = $ok;
        if (!$ok) {
            if (!Worker::$daemonize) {
                Worker::safeEcho("SSL handshake error: $error\n");
            }
            $this->keepFigures();
            $this->finish();
        }
    }

    /**
     * @internal
     */
    public function onEngineError(int $code, string $message): void
    {
        ++self::$statistics['send_fail'];
        \phalanx_slot_send_failed();
        $this->fire($this->onError, $code, $message);
    }

    /**
     * The send buffer holds $maxSendBufferSize bytes or more.
     *
     * @internal
     */
    public function onEngineFull(): void
    {
        $this->fire($this->onBufferFull);
    }

    /**
     * The send buffer is empty again.
     *
     * @internal
     */
    public function onEngineDrain(): void
    {
        $this->fire($this->onBufferDrain);
    }

    /**
     * Bytes for a protocol class written in PHP.
     *
     * @internal
     * @param string $buffer everything that has arrived and has not been consumed
     * @return int bytes consumed
     */
    public function onEngineData(string $buffer): int
    {
        $this->recvBuffer = $this->status === self::STATUS_ESTABLISHED ? $buffer : '';
        while (
            $this->recvBuffer !== '' && !$this->isPaused && $this->status === self::STATUS_ESTABLISHED
            && $this->encoder === self::ENCODE_USER
        ) {
            if (!$this->currentPackageLength && !$this->measure()) {
                break;
            }
            $length = $this->currentPackageLength;
            if ($length > \strlen($this->recvBuffer)) {
                \phalanx_conn_want($this->engineHandle, $length);
                break;
            }
            $message = \substr($this->recvBuffer, 0, $length);
            $this->recvBuffer = \substr($this->recvBuffer, $length);
            $this->currentPackageLength = 0;
            ++self::$statistics['total_request'];
            try {
                $data = $this->protocol::decode($message, $this);
                if (Scheduler::hasCoroutineLoop()) {
                    $this->fire($this->onMessage, $data);
                } elseif ($this->onMessage) {
                    ($this->onMessage)($this, $data);
                }
            } catch (Throwable $e) {
                $this->error($e);
            }
        }
        $consumed = \strlen($buffer) - \strlen($this->recvBuffer);
        $this->recvBuffer = '';

        return $consumed;
    }

    /** Asks the protocol class how long the next message is. False: it cannot tell yet, or the connection is closed. */
    private function measure(): bool
    {
        try {
            $length = $this->protocol::input($this->recvBuffer, $this);
            // The manual's own protocols answer with false for bad input, or with digits.
            $length = \is_numeric($length) ? (int)$length : -1;
        } catch (Throwable $e) {
            $length = -1;
            Worker::safeEcho((string)$e);
        }
        if ($this->status === self::STATUS_CLOSED) {
            return false;
        }
        if ($length >= 0 && $length <= $this->maxPackageSize) {
            $this->currentPackageLength = $length;
            return $length > 0;
        }
        Worker::safeEcho((string)new RuntimeException(
            "Protocol $this->protocol Error package. package_length=" . \var_export($length, true)
        ));
        $this->destroy();

        return false;
    }

    /**
     * A WebSocket handshake to answer.
     *
     * @internal
     * @return bool false: refused
     */
    public function onEngineHandshake(Request $request): bool
    {
        $this->encoder = self::ENCODE_WEBSOCKET_LATER;
        $this->fireOrStop($this->onWebSocketConnect ?? $this->worker->onWebSocketConnect ?? null, $request);
        if ($this->status !== self::STATUS_ESTABLISHED) {
            return false;
        }
        $lines = [];
        foreach ($this->headers as $line) {
            if (\strpbrk($line, "\r\n") === false) {
                $lines[] = $line;
            }
        }
        $this->headers = [];
        if (!\phalanx_conn_ws_accept($this->engineHandle, $lines)) {
            return false;
        }
        $this->encoder = self::websocketEncoder($this->websocketType ??= Websocket::BINARY_TYPE_BLOB);
        $this->fireInFiber($this->onWebSocketConnected ?? $this->worker->onWebSocketConnected ?? null, $request);
        $this->sendKeptFrames();

        return true;
    }

    /** What was sent before the handshake was answered. */
    protected function sendKeptFrames(): void
    {
        $waiting = $this->sendBuffer;
        $this->sendBuffer = '';
        $type = $this->websocketType;
        for ($at = 0; $at < \strlen($waiting); $at += 9 + $length) {
            ['length' => $length, 'type' => $first] = \unpack('Jlength/Ctype', $waiting, $at);
            $this->websocketType = \chr($first);
            $this->sendFrame(\substr($waiting, $at + 9, $length));
        }
        $this->websocketType = $type;
    }

    /**
     * A WebSocket control frame. A ping that no callback takes is answered here; the engine answers a close frame and
     * closes, whatever onWebSocketClose does.
     *
     * @internal
     * @param int $opcode 8 close, 9 ping, 10 pong
     * @param string $data the frame's payload
     */
    public function onEngineControl(int $opcode, string $data): void
    {
        if ($opcode === 8) {
            $this->fireInFiber($this->onWebSocketClose ?? $this->worker->onWebSocketClose ?? null);
            return;
        }
        $callback = $opcode === 10
            ? $this->onWebSocketPong ?? $this->worker->onWebSocketPong ?? null
            : $this->onWebSocketPing ?? $this->worker->onWebSocketPing ?? null;
        if ($callback) {
            // As with upstream: what the callback sends goes out as a pong.
            $type = $this->websocketType;
            $this->websocketType = "\x8a";
            $this->fireOrStop($callback, $data);
            $this->websocketType = $type;
        } elseif ($opcode === 9) {
            \phalanx_conn_send_frame($this->engineHandle, $data, 0x8a);
        }
    }

    /** As fireOrStop() for callbacks whose end nothing here waits for: in a Fiber on a coroutine loop. */
    protected function fireInFiber(?callable $callback, mixed ...$args): void
    {
        if ($callback) {
            Scheduler::call($callback, static fn (Throwable $e) => Worker::stopAll(250, $e), $this, ...$args);
        }
    }

    /** What a WebSocket callback throws stops the worker, as upstream. */
    protected function fireOrStop(?callable $callback, mixed ...$args): void
    {
        if ($callback) {
            try {
                $callback($this, ...$args);
            } catch (Throwable $e) {
                Worker::stopAll(250, $e);
            }
        }
    }
}
