<?php

declare(strict_types=1);

namespace Workerman\Connection;

use Phalanx\Connection\Connecting;
use Phalanx\Connection\RemoteAddress;
use RuntimeException;
use Workerman\Timer;
use Workerman\Worker;

/**
 * An outgoing stream connection: TCP, unix, or through a SOCKS5 or HTTP proxy. The engine looks names up, connects and
 * talks with the proxy; nothing of it blocks. Source: Workerman\Connection\AsyncTcpConnection 5.2.2.
 *
 * Context options: socket.bindto (local 'ip:port'), socket.connect_timeout (seconds for all of it until onConnect, 60
 * by default), and those of ssl, for the transport ssl (TLS), with which wss:// addresses begin.
 *
 * @property int|float $websocketPingInterval seconds between two pings, protocol ws
 */
class AsyncTcpConnection extends TcpConnection
{
    use Connecting;

    public const BUILD_IN_TRANSPORTS = [
        'tcp' => 'tcp',
        'udp' => 'udp',
        'unix' => 'unix',
        'ssl' => 'ssl',
        'sslv2' => 'sslv2',
        'sslv3' => 'sslv3',
        'tls' => 'tls',
    ];

    /** @var ?callable($connection): mixed the connection is there */
    public $onConnect = null;

    /** @var ?callable($connection, Response $response): mixed the server has accepted the handshake; protocol ws */
    public $onWebSocketConnect = null;

    /** 'host:port' of a SOCKS5 proxy. */
    public string $proxySocks5 = '';

    /** 'host:port' of an HTTP proxy. */
    public string $proxyHttp = '';

    /** Value of the Proxy-Authorization header: 'Basic ...'. */
    public string $proxyAuthorization = '';

    public string $proxySocks5Username = '';

    public string $proxySocks5Password = '';

    protected int $status = self::STATUS_INITIAL;

    protected string $remoteHost = '';

    protected int $remotePort = 80;

    /** Seconds, of microtime(). */
    protected float $connectStartTime = 0;

    protected string $remoteURI = '';

    /** @var array<string, array<string, mixed>> options as of stream_context_create() */
    protected array $socketContext = [];

    protected int $reconnectTimer = 0;

    /**
     * @param string $remoteAddress 'tcp://host:port', 'unix:///path', or a protocol in tcp's place: 'ws://host/uri'
     * @param array<string, array<string, mixed>> $socketContext options as of stream_context_create()
     * @throws RuntimeException when the address makes no sense, or there is no such protocol
     */
    public function __construct(string $remoteAddress, array $socketContext = [])
    {
        $address = RemoteAddress::parse($remoteAddress);
        $this->remoteAddress = $address->address;
        $this->remoteHost = $address->host;
        $this->remotePort = $address->port;
        $this->remoteURI = $address->uri;
        $this->id = $this->realId = self::$idRecorder++;
        if (isset(self::BUILD_IN_TRANSPORTS[$address->scheme])) {
            $this->transport = self::BUILD_IN_TRANSPORTS[$address->scheme];
        } elseif ($address->scheme === 'wss' && !\class_exists('\Protocols\Wss')) {
            $this->protocol = RemoteAddress::protocolClass('ws');
            $this->transport = 'ssl';
        } else {
            $this->protocol = RemoteAddress::protocolClass($address->scheme);
        }
        ++self::$statistics['connection_count'];
        $this->maxSendBufferSize = self::$defaultMaxSendBufferSize;
        $this->maxPackageSize = self::$defaultMaxPackageSize;
        $this->socketContext = $socketContext;
        static::$connections[$this->realId] = $this;
    }

    /** Connects again, after some seconds if asked for; for onClose and onError. */
    public function reconnect(int $after = 0): void
    {
        $this->status = self::STATUS_INITIAL;
        $this->engineHandle = 0;
        $this->encoder = self::ENCODE_USER; // what is sent until then waits
        static::$connections[$this->realId] = $this;
        $this->cancelReconnect();
        if ($after > 0) {
            $this->reconnectTimer = Timer::add($after, $this->connect(...), null, false);
            return;
        }
        $this->connect();
    }

    public function cancelReconnect(): void
    {
        if ($this->reconnectTimer) {
            Timer::del($this->reconnectTimer);
            $this->reconnectTimer = 0;
        }
    }

    /** Starts to connect. onConnect follows, or onError and onClose; sends wait until then. */
    public function connect(): void
    {
        if (
            $this->status !== self::STATUS_INITIAL && $this->status !== self::STATUS_CLOSING
            && $this->status !== self::STATUS_CLOSED
        ) {
            return;
        }
        $this->eventLoop ??= Worker::$globalEvent;
        $this->status = self::STATUS_CONNECTING;
        $this->connectStartTime = \microtime(true);
        $this->encoder = self::ENCODE_USER;
        $handle = \phalanx_connect($this, $this->engineOptions());
        if (\is_string($handle)) {
            $this->failed($handle);
            return;
        }
        $this->engineHandle = $handle;
        if ($this->isPaused) {
            \phalanx_conn_pause($handle);
        }
    }

    /** Tells onError of it. The connection is closed then, unless the callback connects again. */
    protected function emitError(int $code, mixed $msg): void
    {
        $this->status = self::STATUS_CLOSING;
        $this->fire($this->onError, $code, $msg);
    }

    /** @return string as in the address: a name, an address with its brackets */
    public function getRemoteHost(): string
    {
        return $this->remoteHost;
    }

    /** @return string path and query of the address */
    public function getRemoteURI(): string
    {
        return $this->remoteURI;
    }

    /** Upstream's look at a socket that has become writable; the engine looks. */
    public function checkConnection(): void
    {
    }
}
