<?php

declare(strict_types=1);

namespace Workerman\Connection;

use JsonSerializable;
use Phalanx\Connection\Address;
use Phalanx\Fiber\Scheduler;
use Throwable;
use Workerman\Worker;

/** The sender of one datagram, to answer to. Source: Workerman\Connection\UdpConnection 5.2.2. */
class UdpConnection extends ConnectionInterface implements JsonSerializable
{
    /** Bytes of the largest datagram. */
    public const MAX_UDP_PACKAGE_SIZE = 65535;

    public string $transport = 'udp';

    /** Whether $socket has one peer only, which then must not be named when sending. */
    protected bool $connected = false;

    /** The engine's listener that the datagram came to, 0: none. */
    private int $engineListener = 0;

    /**
     * @param resource|int|null $socket a UDP stream, or the engine's listener
     * @param string $remoteAddress 'ip:port', '[ip]:port' for IPv6
     */
    public function __construct(protected $socket, protected string $remoteAddress)
    {
        if (\is_int($socket)) {
            $this->engineListener = $socket;
            $this->socket = null;
        } elseif (\is_resource($socket)) {
            $this->connected = \stream_socket_get_name($socket, true) !== false;
        }
    }

    /** The engine's listener that datagrams come to, 0: none. */
    protected function listener(): int
    {
        return $this->engineListener;
    }

    protected function useListener(int $listener): void
    {
        $this->engineListener = $listener;
    }

    /**
     * Takes a datagram that the worker's listener has received.
     *
     * @internal
     */
    public static function received(Worker $worker, string $data, string $remote, int $listener): void
    {
        if (!$worker->onMessage) {
            return;
        }
        $connection = new self($listener, $remote);
        $connection->protocol = $worker->protocol;
        Scheduler::call(
            static function () use ($connection, $worker, $data): void {
                $connection->deliver($worker->onMessage, $data);
                ++self::$statistics['total_request'];
            },
            static fn (Throwable $e) => Worker::stopAll(250, $e)
        );
    }

    /** A datagram holds one message, or several where the protocol tells where they end. */
    private function deliver(callable $onMessage, string $data): void
    {
        $protocol = $this->protocol;
        if ($protocol === null) {
            $onMessage($this, $data);
            return;
        }
        $measured = \method_exists($protocol, 'input');
        do {
            $length = $measured ? $protocol::input($data, $this) : \strlen($data);
            if ($length <= 0) {
                return;
            }
            $message = $protocol::decode(\substr($data, 0, $length), $this);
            $data = \substr($data, $length);
            if ($message !== false) {
                $onMessage($this, $message);
            }
        } while ($data !== '');
    }

    /**
     * @param mixed $sendBuffer what the protocol's encode() takes, or bytes when $raw is true
     * @return bool|null true: sent; null: nothing to send; false: refused
     */
    public function send(mixed $sendBuffer, bool $raw = false): bool|null
    {
        if (!$raw && $this->protocol) {
            $sendBuffer = $this->protocol::encode($sendBuffer, $this);
            if ($sendBuffer === '') {
                return null;
            }
        }
        if ($this->engineListener) {
            return \phalanx_udp_send($this->engineListener, $sendBuffer, $this->remoteAddress);
        }
        if (!\is_resource($this->socket)) {
            return false;
        }
        $sent = $this->connected
            ? \stream_socket_sendto($this->socket, $sendBuffer)
            : \stream_socket_sendto($this->socket, $sendBuffer, 0, $this->bracketedAddress());

        return $sent === \strlen($sendBuffer);
    }

    /** The remote address with an IPv6 host in brackets, which the constructor's argument may lack. */
    private function bracketedAddress(): string
    {
        return $this->isIpV6() ? "[{$this->getRemoteIp()}]:{$this->getRemotePort()}" : $this->remoteAddress;
    }

    /** @return string without brackets */
    public function getRemoteIp(): string
    {
        return \trim(Address::host($this->remoteAddress), '[]');
    }

    public function getRemotePort(): int
    {
        return Address::port($this->remoteAddress);
    }

    public function getRemoteAddress(): string
    {
        return $this->remoteAddress;
    }

    public function getLocalIp(): string
    {
        return Address::host($this->getLocalAddress());
    }

    public function getLocalPort(): int
    {
        return Address::port($this->getLocalAddress());
    }

    public function getLocalAddress(): string
    {
        if ($this->engineListener) {
            return \phalanx_listener_address($this->engineListener);
        }

        return \is_resource($this->socket) ? (string)\stream_socket_get_name($this->socket, false) : '';
    }

    /**
     * Ends the use of this object, and closes the stream it was made with. A listener stays open: other senders use it.
     *
     * @param mixed $data sent first, as by send()
     */
    public function close(mixed $data = null, bool $raw = false): void
    {
        if ($data !== null) {
            $this->send($data, $raw);
        }
        if (\is_resource($this->socket)) {
            $this->eventLoop?->offReadable($this->socket);
            \fclose($this->socket);
        }
        $this->engineListener = 0;
        $this->socket = null;
        $this->eventLoop = $this->errorHandler = null;
    }

    public function isIpV4(): bool
    {
        return $this->transport !== 'unix' && !\str_contains($this->getRemoteIp(), ':');
    }

    public function isIpV6(): bool
    {
        return $this->transport !== 'unix' && \str_contains($this->getRemoteIp(), ':');
    }

    /** @return resource|null */
    public function getSocket()
    {
        if ($this->socket === null && $this->engineListener) {
            $this->socket = \phalanx_listener_stream($this->engineListener) ?: null;
        }

        return $this->socket;
    }

    /**
     * @return array{transport: string, getRemoteIp: string, remotePort: int, getRemoteAddress: string,
     *     getLocalIp: string, getLocalPort: int, getLocalAddress: string, isIpV4: bool, isIpV6: bool}
     */
    public function jsonSerialize(): array
    {
        return [
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
}
