<?php

declare(strict_types=1);

namespace Workerman\Connection;

use Phalanx\Connection\RemoteAddress;
use Phalanx\Fiber\Scheduler;
use RuntimeException;
use Workerman\Worker;

/**
 * Datagrams exchanged with one peer. Source: Workerman\Connection\AsyncUdpConnection 5.2.2.
 *
 * An address is connected to at once; a name is looked up without blocking, and what is sent meanwhile waits. Context
 * options: socket.bindto (local 'ip:port'), socket.so_broadcast.
 */
class AsyncUdpConnection extends UdpConnection
{
    /** Bytes that may wait for a name to be looked up; beyond them send() refuses. */
    private const MAX_WAITING = 1048576;

    /** @var ?callable($connection): mixed the socket is there */
    public $onConnect = null;

    /** @var ?callable($connection): mixed close() was called */
    public $onClose = null;

    protected bool $connected = false;

    /** @var array<string, array<string, mixed>> options as of stream_context_create() */
    protected array $contextOption = [];

    /** A lookup under way, 0: none. */
    private int $lookup = 0;

    /** @var list<string> datagrams that wait for it */
    private array $waiting = [];

    private int $waitingBytes = 0;

    /**
     * @param string $remoteAddress 'udp://host:port', or a protocol in the place of udp
     * @param array<string, array<string, mixed>> $contextOption options as of stream_context_create()
     * @throws RuntimeException when there is no such protocol
     */
    public function __construct($remoteAddress, $contextOption = [])
    {
        [$scheme, $address] = \explode(':', $remoteAddress, 2) + [1 => ''];
        if ($scheme !== 'udp') {
            $this->protocol = RemoteAddress::protocolClass($scheme);
        }
        parent::__construct(null, \substr($address, 2));
        $this->contextOption = $contextOption;
    }

    /**
     * Upstream's reader of the socket; the engine reads.
     *
     * @param resource $socket
     */
    public function baseRead($socket): void
    {
    }

    /**
     * A datagram of the peer's, which is one message.
     *
     * @internal
     */
    public function onEngineDatagram(string $data): void
    {
        if (!$this->onMessage) {
            return;
        }
        if ($this->protocol !== null) {
            $data = $this->protocol::decode($data, $this);
        }
        ++self::$statistics['total_request'];
        $this->fire($this->onMessage, $data);
    }

    /**
     * Makes the socket, and calls onConnect; for an address before this returns. What makes it impossible is printed.
     */
    public function connect(): void
    {
        if ($this->connected || $this->lookup) {
            return;
        }
        $this->eventLoop ??= Worker::$globalEvent;
        $host = \trim($this->getRemoteIp(), '[]');
        if (\filter_var($host, \FILTER_VALIDATE_IP)) {
            $this->open($host);
            return;
        }
        $this->lookup = \phalanx_resolve($host, function (array $addresses, string $error): void {
            $this->lookup = 0;
            $addresses ? $this->open($addresses[0]) : $this->failed($error);
        });
    }

    private function open(string $ip): void
    {
        $options = $this->contextOption['socket'] ?? [];
        $listener = \phalanx_udp_connect($this->onEngineDatagram(...), [
            'network' => 'udp',
            'address' => (\str_contains($ip, ':') ? "[$ip]" : $ip) . ":{$this->getRemotePort()}",
            'bind' => (string)($options['bindto'] ?? ''),
            'broadcast' => (bool)($options['so_broadcast'] ?? false),
        ]);
        if (\is_string($listener)) {
            $this->failed($listener);
            return;
        }
        $this->useListener($listener);
        $this->connected = true;
        $this->fire($this->onConnect);
        $waiting = $this->waiting;
        $this->dropWaiting();
        foreach ($waiting as $datagram) {
            if ($this->connected) {
                \phalanx_udp_send($listener, $datagram, '');
            }
        }
    }

    private function failed(string $reason): void
    {
        Worker::safeEcho((string)new RuntimeException($reason) . "\n");
        $this->dropWaiting();
        $this->eventLoop = null;
    }

    private function dropWaiting(): void
    {
        $this->waiting = [];
        $this->waitingBytes = 0;
    }

    /**
     * Sends a datagram; connects first where that has not been done.
     *
     * @param mixed $sendBuffer what the protocol's encode() takes, or bytes when $raw is true
     * @return bool|null true: sent; null: nothing to send, or it waits for a name to be looked up; false: refused
     */
    public function send(mixed $sendBuffer, bool $raw = false): bool|null
    {
        if (!$raw && $this->protocol) {
            $sendBuffer = $this->protocol::encode($sendBuffer, $this);
            if ($sendBuffer === '') {
                return null;
            }
        }
        $this->connect();
        if ($this->connected) {
            return \phalanx_udp_send($this->listener(), (string)$sendBuffer, '');
        }
        if (!$this->lookup || $this->waitingBytes + \strlen($sendBuffer) > self::MAX_WAITING) {
            return false;
        }
        $this->waiting[] = (string)$sendBuffer;
        $this->waitingBytes += \strlen($sendBuffer);

        return null;
    }

    /**
     * Closes the socket and calls onClose.
     *
     * @param mixed $data sent first, as by send()
     */
    public function close(mixed $data = null, bool $raw = false): void
    {
        if ($data !== null) {
            $this->send($data, $raw);
        }
        if ($this->lookup) {
            \phalanx_resolve_cancel($this->lookup);
            $this->lookup = 0;
        }
        $this->dropWaiting();
        $listener = $this->listener();
        $this->useListener(0);
        if (\is_resource($this->socket)) {
            \fclose($this->socket); // of getSocket()
        }
        $this->socket = null;
        if ($listener) {
            \phalanx_listener_close($listener);
        }
        $this->connected = false;
        $this->fire($this->onClose);
        $this->onConnect = $this->onMessage = $this->onClose = null;
        $this->eventLoop = $this->errorHandler = null;
    }

    private function fire(?callable $callback, mixed ...$args): void
    {
        if ($callback) {
            Scheduler::call($callback, $this->error(...), $this, ...$args);
        }
    }
}
