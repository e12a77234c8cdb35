<?php

declare(strict_types=1);

namespace Workerman\Connection;

use JsonSerializable;
use Phalanx\Connection\Addresses;
use Phalanx\Connection\EngineEvents;
use Phalanx\Connection\Resuming;
use Phalanx\Connection\Sending;
use Phalanx\Connection\Tls;
use Phalanx\Fiber\Scheduler;
use Phalanx\Worker\EngineProtocol;
use RuntimeException;
use stdClass;
use Throwable;
use Workerman\Events\EventInterface;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Websocket;
use Workerman\Worker;

/**
 * A stream connection (TCP or unix), with one worker for life. The socket, its buffers and the built-in protocols are
 * the engine's; this object is what an application holds of them. Source: Workerman\Connection\TcpConnection 5.2.2.
 *
 * Memory: thousands of these live at once, and the declared properties fill an allocation of 640 bytes to the last.
 * One more property makes each object 768 bytes; a dynamic one costs about 2 KiB.
 *
 * @property string|null $websocketClientProtocol
 * @property string|null $websocketOrigin
 */
class TcpConnection extends ConnectionInterface implements JsonSerializable
{
    use Addresses;
    use EngineEvents;
    use Resuming;
    use Sending;
    use Tls;

    /** Upstream's size of one read; the engine sizes its own. */
    public const READ_BUFFER_SIZE = 87380;

    public const STATUS_INITIAL = 0;

    public const STATUS_CONNECTING = 1;

    public const STATUS_ESTABLISHED = 2;

    /** end() was called: the output is written, then FIN is sent, and what still arrives is discarded. */
    public const STATUS_ENDING = 4;

    /** close() was called and output is still waiting. */
    public const STATUS_CLOSING = 8;

    public const STATUS_CLOSED = 16;

    /** Upstream's bounds of its cache of parsed messages; there is none here. */
    public const MAX_CACHE_STRING_LENGTH = 2048;

    public const MAX_CACHE_SIZE = 512;

    /** Seconds of silence after which the kernel asks whether the peer is alive. */
    public const TCP_KEEPALIVE_INTERVAL = 55;

    public const STATUS_TO_STRING = [
        self::STATUS_INITIAL => 'INITIAL',
        self::STATUS_CONNECTING => 'CONNECTING',
        self::STATUS_ESTABLISHED => 'ESTABLISHED',
        self::STATUS_CLOSING => 'CLOSING',
        self::STATUS_ENDING => 'ENDING',
        self::STATUS_CLOSED => 'CLOSED',
    ];

    /** @var ?callable($connection): mixed */
    public $onConnect = null;

    /** @var ?callable($connection, Request $request): mixed before the handshake is answered */
    public $onWebSocketConnect = null;

    /** @var ?callable($connection, Request $request): mixed after the handshake has been answered */
    public $onWebSocketConnected = null;

    /** @var ?callable($connection): mixed the peer has sent a close frame */
    public $onWebSocketClose = null;

    /** @var ?callable($connection, $data): mixed read by the engine for every message */
    public $onMessage = null;

    /** @var ?callable($connection): mixed */
    public $onClose = null;

    /** @var ?callable($connection, int $code, string $message): mixed */
    public $onError = null;

    /** @var ?callable($connection): mixed $maxSendBufferSize bytes wait to be sent */
    public $onBufferFull = null;

    /** @var ?callable($connection): mixed nothing waits to be sent any more */
    public $onBufferDrain = null;

    // Hooks are final, so that PHPUnit's doubles leave properties alone.
    public ?string $protocol = null {
        final set(?string $protocol) {
            $this->protocol = $protocol;
            if ($this->engineHandle) {
                $this->changeProtocol($protocol);
            }
        }
    }

    /** tcp, unix or ssl; changed to ssl while open, it starts TLS with the worker's certificate */
    public string $transport = 'tcp' {
        final set(string $transport) {
            $secure = $transport === 'ssl' && $this->transport !== 'ssl';
            $this->transport = $transport;
            if ($secure && $this->engineHandle && $this->status === self::STATUS_ESTABLISHED) {
                $this->startTls();
            }
        }
    }

    public ?Worker $worker = null;

    public int $bytesRead = 0 {
        final get => $this->isLive() ? \phalanx_conn_stat($this->engineHandle, 1) : $this->bytesRead;
    }

    public int $bytesWritten = 0 {
        final get => $this->isLive() ? \phalanx_conn_stat($this->engineHandle, 2) : $this->bytesWritten;
    }

    /** Unique in this worker. Applications may overwrite it. */
    public int $id = 0;

    /** The key of this connection in the lists, whatever happens to $id. */
    protected int $realId = 0;

    /** Bytes that may wait for the peer; beyond them send() refuses. */
    public int $maxSendBufferSize = 1048576 {
        final set(int $bytes) {
            $this->maxSendBufferSize = $bytes;
            if ($this->isLive()) {
                \phalanx_conn_limits($this->engineHandle, $bytes, $this->maxPackageSize);
            }
        }
    }

    /** A place for what an application or a protocol class keeps; made when it is first asked for. */
    public ?stdClass $context = null {
        final get => $this->context ??= new stdClass();
    }

    /**
     * Headers for the next HTTP response (name => value), or the handshake's answer (a list of lines).
     *
     * @internal
     */
    public array $headers = [];

    /** False for a copy made by unserialize(), which is not counted. */
    protected bool $isSafe = true;

    public static int $defaultMaxSendBufferSize = 1048576;

    /** Bytes of the largest message that is accepted. */
    public int $maxPackageSize = 1048576 {
        final set(int $bytes) {
            $this->maxPackageSize = $bytes;
            if ($this->isLive()) {
                \phalanx_conn_limits($this->engineHandle, $this->maxSendBufferSize, $bytes);
            }
        }
    }

    public static int $defaultMaxPackageSize = 10485760;

    public static float $defaultLingerTimeout = 1.0;

    /** Seconds end() waits for the peer to close its half. */
    public float $lingerTimeout = 1.0;

    /** The first byte of the WebSocket frames that send() makes: Websocket::BINARY_TYPE_*; null is text. */
    public ?string $websocketType = null {
        final set(?string $type) {
            $this->websocketType = $type;
            if ($this->encoder === self::ENCODE_WEBSOCKET || $this->encoder === self::ENCODE_WEBSOCKET_TYPED) {
                $this->encoder = self::websocketEncoder($type);
            }
        }
    }

    protected static int $idRecorder = 1;

    /** @var ?resource made by getSocket() */
    protected $socket = null;

    /** Messages that wait for a WebSocket handshake, each behind its length; the engine has the real send buffer. */
    protected string $sendBuffer = '';

    /** Bytes that a protocol class written in PHP has not consumed yet, while it is being called. */
    protected string $recvBuffer = '';

    /** Length of the message that a protocol class has announced, 0: not known. */
    protected int $currentPackageLength = 0;

    protected int $status = self::STATUS_ESTABLISHED;

    protected int $endLingerTimerId = 0;

    protected bool $endWriteShutdown = false;

    protected string $remoteAddress = '';

    protected bool $isPaused = false;

    protected bool|int $sslHandshakeCompleted = false;

    /** @var array<int, self> all connections of this worker */
    public static array $connections = [];

    /** The engine's identifier, never reused; 0: none. */
    protected int $engineHandle = 0;

    /**
     * @param resource|int $socket a stream, which is the connection's from now on, or the engine's handle of a
     *     connection
     * @throws RuntimeException when the stream cannot be a connection: a file, a datagram socket, one with TLS
     */
    public function __construct(EventInterface $eventLoop, $socket, string $remoteAddress = '')
    {
        $this->id = $this->realId = self::$idRecorder++;
        $this->eventLoop = $eventLoop;
        $this->maxSendBufferSize = self::$defaultMaxSendBufferSize;
        $this->maxPackageSize = self::$defaultMaxPackageSize;
        $this->lingerTimeout = self::$defaultLingerTimeout;
        $this->remoteAddress = $remoteAddress;
        $this->encoder = self::ENCODE_ENGINE;
        $this->engineHandle = \is_int($socket) ? $socket : $this->adopt($socket);
        ++self::$statistics['connection_count']; // where the constructor throws, the destructor does not run
        self::$connections[$this->realId] = $this;
    }

    /**
     * @param resource $stream
     * @return int the engine's handle
     */
    private function adopt($stream): int
    {
        if (isset(\stream_get_meta_data($stream)['crypto'])) {
            throw new RuntimeException('A stream with TLS cannot become a connection: its keys are PHP\'s');
        }
        $handle = \phalanx_conn_adopt($this, $stream, [
            'maxSendBufferSize' => $this->maxSendBufferSize,
            'maxPackageSize' => $this->maxPackageSize,
        ]);
        $this->socket = $stream;

        return $handle;
    }

    /** @return int|string a STATUS_* constant, or its name */
    public function getStatus(bool $rawOutput = true): int|string
    {
        return $rawOutput ? $this->status : self::STATUS_TO_STRING[$this->status];
    }

    /**
     * What the WebSocket message was sent as that onMessage was called with last: Websocket::BINARY_TYPE_BLOB for text,
     * BINARY_TYPE_ARRAYBUFFER for binary, null before the first. To answer in kind, assign it to $websocketType.
     */
    public function receivedWebsocketType(): ?string
    {
        return match ($this->isLive() ? \phalanx_conn_opcode($this->engineHandle) : 0) {
            1 => Websocket::BINARY_TYPE_BLOB,
            2 => Websocket::BINARY_TYPE_ARRAYBUFFER,
            default => null,
        };
    }

    private function changeProtocol(?string $protocol): void
    {
        // What is sent before the connection is there waits, encoded by the class.
        $this->encoder = $this->status < self::STATUS_ESTABLISHED ? self::ENCODE_USER : self::encoderOf($protocol);
        $this->currentPackageLength = 0;
        if ($this->isLive()) {
            \phalanx_conn_protocol($this->engineHandle, EngineProtocol::nameOf($protocol));
        }
    }

    /** Whether the engine still knows this connection. */
    protected function isLive(): bool
    {
        return $this->engineHandle !== 0 && $this->status !== self::STATUS_CLOSED;
    }

    /** Calls a callback with this connection first; what it throws goes to error(). */
    protected function fire(?callable $callback, mixed ...$args): void
    {
        if ($callback) {
            Scheduler::call($callback, $this->error(...), $this, ...$args);
        }
    }

    /**
     * Delivers no message until releaseMessages(). Only for HTTP, where the order of answers is that of requests.
     *
     * @internal
     * @return bool whether messages are held back
     */
    public function holdMessages(): bool
    {
        if (!$this->isLive() || EngineProtocol::nameOf($this->protocol) !== 'http') {
            return false;
        }
        \phalanx_conn_pause($this->engineHandle);

        return true;
    }

    /**
     * @internal
     */
    public function releaseMessages(): void
    {
        if ($this->isLive() && !$this->isPaused) {
            \phalanx_conn_resume($this->engineHandle);
        }
    }

    public function getSendBufferQueueSize(): int
    {
        if ($this->status < self::STATUS_ESTABLISHED) {
            return \strlen($this->sendBuffer);
        }

        return $this->isLive() ? \phalanx_conn_stat($this->engineHandle, 0) : 0;
    }

    public function getRecvBufferQueueSize(): int
    {
        if ($this->recvBuffer !== '') {
            return \strlen($this->recvBuffer);
        }

        return $this->isLive() ? \phalanx_conn_stat($this->engineHandle, 3) : 0;
    }

    /** No messages are delivered and nothing is read until resumeRecv(). */
    public function pauseRecv(): void
    {
        $this->isPaused = true;
        if ($this->isLive()) {
            \phalanx_conn_pause($this->engineHandle);
        }
    }

    public function resumeRecv(): void
    {
        if ($this->isPaused) {
            $this->isPaused = false;
            if ($this->isLive()) {
                \phalanx_conn_resume($this->engineHandle);
            }
        }
    }

    /**
     * Upstream's reader of the socket; the engine reads.
     *
     * @param resource $socket
     */
    public function baseRead($socket, bool $checkEof = true): void
    {
    }

    /** Upstream's writer of the socket; the engine writes. */
    public function baseWrite(): void
    {
    }

    /** Everything that arrives here is sent to $dest, no faster than $dest takes it; both close together. */
    public function pipe(self $dest): void
    {
        $this->onMessage = static fn (self $source, $data) => $dest->send($data);
        $this->onClose = static fn (self $source) => $dest->close();
        $dest->onBufferFull = fn () => $this->pauseRecv();
        $dest->onBufferDrain = fn () => $this->resumeRecv();
    }

    /** Drops $length bytes of what has been received; for protocol classes, inside input(). */
    public function consumeRecvBuffer(int $length): void
    {
        $this->recvBuffer = \substr($this->recvBuffer, $length);
    }

    /**
     * Closes once what was sent before has been written.
     *
     * @param mixed $data sent first, as by send()
     */
    public function close(mixed $data = null, bool $raw = false): void
    {
        if ($this->status === self::STATUS_INITIAL || $this->status === self::STATUS_CONNECTING) {
            $this->destroy();
            return;
        }
        if ($this->status === self::STATUS_CLOSING || $this->status === self::STATUS_CLOSED) {
            return;
        }
        if ($data !== null) {
            $this->send($data, $raw);
        }
        // Callbacks of send() may have closed it.
        if ($this->status === self::STATUS_CLOSED) {
            return;
        }
        $this->status = self::STATUS_CLOSING;
        $this->keepFigures();
        // What the kernel has not taken yet keeps the object until it is written.
        $waiting = $this->getSendBufferQueueSize() > 0;
        if ($this->engineHandle) {
            \phalanx_conn_close($this->engineHandle);
        }
        if (!$waiting) {
            $this->finish();
        }
    }

    /**
     * Closes so that the peer surely gets what was sent: after the output FIN is sent, and for $lingerTimeout seconds
     * what the peer still sends is discarded.
     *
     * @param mixed $data sent first, as by send()
     */
    public function end(mixed $data = null, bool $raw = false): void
    {
        if ($this->status === self::STATUS_INITIAL || $this->status === self::STATUS_CONNECTING) {
            $this->destroy();
            return;
        }
        if ($this->status >= self::STATUS_ENDING) {
            return;
        }
        if ($data !== null) {
            $this->send($data, $raw);
        }
        if ($this->status >= self::STATUS_ENDING) {
            return;
        }
        $this->status = self::STATUS_ENDING;
        $this->onMessage = static function (self $connection, mixed $data = null): void {
        };
        $this->recvBuffer = '';
        $this->currentPackageLength = 0;
        $this->endMaybeShutdownWrite();
    }

    protected function endMaybeShutdownWrite(): void
    {
        if ($this->status !== self::STATUS_ENDING || $this->endWriteShutdown) {
            return;
        }
        $this->endWriteShutdown = true;
        if (!$this->engineHandle) {
            return;
        }
        $linger = \max(0.0, $this->lingerTimeout);
        $written = $this->bufferIsEmpty();
        \phalanx_conn_close($this->engineHandle, $linger);
        // The engine counts its time limits in seconds. Where output waits, it begins to count when that is written.
        if ($written && $this->status === self::STATUS_ENDING) {
            $this->endLingerTimerId = \phalanx_timer_add($linger, $this->destroy(...), [], false);
        }
    }

    /** @return resource|null a stream of the socket, closed with the connection */
    public function getSocket()
    {
        if ($this->socket === null && $this->isLive()) {
            $this->socket = \phalanx_conn_stream($this->engineHandle) ?: null;
        }

        return $this->socket;
    }

    protected function checkBufferWillFull(): void
    {
        if ($this->maxSendBufferSize <= $this->getSendBufferQueueSize()) {
            $this->onEngineFull();
        }
    }

    protected function bufferIsFull(): bool
    {
        if ($this->maxSendBufferSize > $this->getSendBufferQueueSize()) {
            return false;
        }
        $this->fire($this->onError, self::SEND_FAIL, 'send buffer full and drop package');

        return true;
    }

    public function bufferIsEmpty(): bool
    {
        return $this->getSendBufferQueueSize() === 0;
    }

    /** Closes at once; what has not been written is dropped. */
    public function destroy(): void
    {
        if ($this->status === self::STATUS_CLOSED) {
            return;
        }
        $this->keepFigures();
        if ($this->engineHandle) {
            \phalanx_conn_destroy($this->engineHandle);
        }
        $this->finish();
    }

    /** What onClose may ask for after the engine has forgotten the connection. */
    protected function keepFigures(): void
    {
        if ($this->engineHandle && ($this->onClose || $this->encoder === self::ENCODE_USER)) {
            $this->getRemoteAddress();
            $this->bytesRead = \phalanx_conn_stat($this->engineHandle, 1);
            $this->bytesWritten = \phalanx_conn_stat($this->engineHandle, 2);
        }
    }

    /** The end of the connection, once: callbacks, lists, references. */
    protected function finish(): void
    {
        if ($this->status === self::STATUS_CLOSED) {
            return;
        }
        $this->status = self::STATUS_CLOSED;
        if ($this->endLingerTimerId) {
            \phalanx_timer_del($this->endLingerTimerId);
            $this->endLingerTimerId = 0;
        }
        // The stream is a descriptor of its own: while it lives the peer sees no FIN.
        if (\is_resource($this->socket)) {
            \fclose($this->socket);
        }
        $this->socket = null;
        $this->fire($this->onClose);
        if ($this->protocol !== null && \is_callable([$this->protocol, 'onClose'])) {
            try {
                $this->protocol::onClose($this);
            } catch (Throwable $e) {
                $this->error($e);
            }
        }
        $this->recvBuffer = $this->sendBuffer = '';
        $this->currentPackageLength = 0;
        $this->isPaused = $this->sslHandshakeCompleted = $this->endWriteShutdown = false;
        // onClose may have started it again (a client that reconnects).
        if ($this->status === self::STATUS_CLOSED) {
            // Callbacks often hold the connection; without this it would keep itself alive.
            $this->onMessage = $this->onClose = $this->onError = $this->onBufferFull = $this->onBufferDrain = null;
            $this->eventLoop = $this->errorHandler = null;
            if ($this->worker) {
                unset($this->worker->connections[$this->realId]);
            }
            $this->worker = null;
            unset(self::$connections[$this->realId], self::$states[$this->realId]);
        }
    }

    /**
     * @return array{id: int, status: int|string, transport: string, getRemoteIp: string, remotePort: int,
     *     getRemoteAddress: string, getLocalIp: string, getLocalPort: int, getLocalAddress: string, isIpV4: bool,
     *     isIpV6: bool}
     */
    public function jsonSerialize(): array
    {
        return [
            'id' => $this->id,
            'status' => $this->getStatus(),
            'transport' => $this->transport,
            'getRemoteIp' => $this->getRemoteIp(),
            'remotePort' => $this->getRemotePort(),
            'getRemoteAddress' => $this->getRemoteAddress(),
            'getLocalIp' => $this->getLocalIp(),
            'getLocalPort' => $this->getLocalPort(),
            'getLocalAddress' => $this->getLocalAddress(),
            'isIpV4' => $this->isIpV4(),
            'isIpV6' => $this->isIpV6(),
        ];
    }

    public function __unserialize(array $data): void
    {
        $this->isSafe = false;
    }

    /** Counts the connection out; during a graceful stop it says from time to time how many remain. */
    public function __destruct()
    {
        static $step;
        if (!$this->isSafe || $this->realId === 0) {
            return;
        }
        $left = --self::$statistics['connection_count'];
        if (!Worker::getGracefulStop()) {
            return;
        }
        $step ??= \ceil(($left + 1) / 3);
        if ($left % $step === 0) {
            Worker::log('worker[' . \posix_getpid() . "] remains $left connection(s)");
        }
        if ($left === 0) {
            Worker::stopAll();
        }
    }
}
